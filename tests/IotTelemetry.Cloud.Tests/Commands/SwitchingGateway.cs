using System.Collections.Concurrent;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>A gateway with loads on a real MQTT connection: says birth and status, answers commands while it is told to, keeps its lockouts.</summary>
internal sealed class SwitchingGateway : IAsyncDisposable
{
    private readonly GatewayTopics _topics = new(Id);
    private readonly MqttClient _client;
    private readonly ConcurrentDictionary<(Guid Id, CommandPhase Phase), CommandState> _journal = new();

    private SwitchingGateway(MqttClient client) => _client = client;

    public static GatewayId Id { get; } = new("yard", "gw-1");

    /// <summary>Whether commands are answered.</summary>
    public bool IsAnswering { get; set; } = true;

    /// <summary>What was received, in order.</summary>
    public ConcurrentQueue<Command> Received { get; } = new();

    /// <summary>The newest set of lockouts.</summary>
    public LockoutSet? Lockouts { get; private set; }

    public static async Task<SwitchingGateway> ConnectAsync(int port, int loads)
    {
        SwitchingGateway gateway = new(new MqttClient(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", port),
            ClientId = Id.ToString(),
            Reconnect = new MqttReconnectOptions { Enabled = false },
        }));
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await gateway._client.ConnectAsync(limit.Token);
        await gateway._client.SubscribeAsync(gateway._topics.Command, gateway.TakeAsync, cancellationToken: limit.Token);
        await gateway._client.SubscribeAsync(gateway._topics.Lockouts, gateway.LockAsync, cancellationToken: limit.Token);
        await gateway.PublishAsync(gateway._topics.Birth, BirthOf(loads).Encode(), retain: true);
        await gateway.SayStatusAsync(null);
        return gateway;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static Birth BirthOf(int loads) => Birth.Create(
        new BirthHeader { Gateway = Id, SoftwareVersion = "1.0", Board = "test", BootId = "boot", Epoch = 1 },
        [new PointDefinition { Id = "state", Type = PointType.Boolean, Settable = true }],
        [.. Enumerable.Range(0, loads).Select(i => new Asset { Name = $"load-{i + 1}", Kind = i == 0 ? "breaker" : "load", Points = new Dictionary<string, int> { ["state"] = i } })]);

    private async ValueTask TakeAsync(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        Command command = Command.Decode(message.Payload.Span);
        Received.Enqueue(command);
        if (IsAnswering)
        {
            foreach (CommandState state in Answers(command))
            {
                await PublishAsync(_topics.Result, ResultOf(command, state).Encode());
            }
        }
    }

    private CommandState[] Answers(Command command)
    {
        if (_journal.TryGetValue((command.Id, command.Phase), out CommandState known))
        {
            return [known];
        }

        CommandState[] answers = command.LifeMs <= 0 ? [CommandState.Expired]
            : command.Phase == CommandPhase.Select ? [CommandState.Selected]
            : command.Phase == CommandPhase.Cancel ? [CommandState.Cancelled]
            : [CommandState.Accepted, CommandState.Executed, CommandState.Verified];
        _journal[(command.Id, command.Phase)] = answers[^1];
        return answers;
    }

    private static CommandResult ResultOf(Command command, CommandState state) => new()
    {
        Id = command.Id,
        Phase = command.Phase,
        State = state,
        Code = state == CommandState.Expired ? CommandCode.Expired : CommandCode.Ok,
        AtMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        VerifyByMs = state == CommandState.Executed ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1000 : null,
    };

    private async ValueTask LockAsync(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        Assert.False(message.Payload.IsEmpty);
        Lockouts = LockoutSet.Decode(message.Payload.Span);
        await SayStatusAsync(Lockouts.Revision);
    }

    private Task SayStatusAsync(long? lockoutRevision) => PublishAsync(
        _topics.Status,
        new GatewayStatus { State = GatewayState.Online, BootId = "boot", AtMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), LockoutRevision = lockoutRevision }.Encode(),
        retain: true);

    private async Task PublishAsync(string topic, byte[] payload, bool retain = false)
    {
        MqttPublishResult result = await _client.PublishAsync(
            new MqttMessage { Topic = topic, Payload = payload, QualityOfService = MqttQualityOfService.AtLeastOnce, Retain = retain });
        Assert.Equal(MqttPublishStatus.Acknowledged, result.Status);
    }
}
