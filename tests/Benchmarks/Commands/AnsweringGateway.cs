using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Commands;

/// <summary>A gateway that answers every command at once: accepted, executed, verified.</summary>
internal sealed class AnsweringGateway : IAsyncDisposable
{
    private readonly GatewayTopics _topics = new(Id);
    private readonly MqttClient _client;

    private AnsweringGateway(MqttClient client) => _client = client;

    public static GatewayId Id { get; } = new("bench", "gw-1");

    public static async Task<AnsweringGateway> ConnectAsync(int port, int loads, CancellationToken cancellationToken)
    {
        AnsweringGateway gateway = new(new MqttClient(new MqttClientOptions { Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", port), ClientId = Id.ToString() }));
        await gateway._client.ConnectAsync(cancellationToken);
        await gateway._client.SubscribeAsync(gateway._topics.Command, gateway.AnswerAsync, cancellationToken: cancellationToken);
        Birth birth = Birth.Create(
            new BirthHeader { Gateway = Id, SoftwareVersion = "1.0", Board = "bench", BootId = "boot", Epoch = 1 },
            [new PointDefinition { Id = "state", Type = PointType.Boolean, Settable = true }],
            [.. Enumerable.Range(0, loads).Select(i => new Asset { Name = $"load-{i}", Kind = "load", Points = new Dictionary<string, int> { ["state"] = i } })]);
        await gateway._client.PublishAsync(
            new MqttMessage { Topic = gateway._topics.Birth, Payload = birth.Encode(), QualityOfService = MqttQualityOfService.AtLeastOnce, Retain = true }, cancellationToken);
        return gateway;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    // The results are sent one behind the other and not waited for: their order on the connection is kept.
    private async ValueTask AnswerAsync(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        Command command = Command.Decode(message.Payload.Span);
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        List<Task> sent = [];
        foreach (CommandState state in (CommandState[])[CommandState.Accepted, CommandState.Executed, CommandState.Verified])
        {
            CommandResult result = new() { Id = command.Id, Phase = command.Phase, State = state, Code = CommandCode.Ok, AtMs = now, VerifyByMs = state == CommandState.Executed ? now + 1000 : null };
            sent.Add(_client.PublishAsync(new MqttMessage { Topic = _topics.Result, Payload = result.Encode(), QualityOfService = MqttQualityOfService.AtLeastOnce }, cancellationToken).AsTask());
        }

        await Task.WhenAll(sent);
    }
}
