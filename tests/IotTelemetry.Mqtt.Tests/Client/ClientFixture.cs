using System.Text;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

/// <summary>A scripted server and the means to connect clients to it.</summary>
public abstract class ClientFixture : IAsyncDisposable
{
    private readonly List<MqttClient> _clients = [];

    internal ScriptedServer Server { get; } = new();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        Server.Dispose();
        GC.SuppressFinalize(this);
    }

    internal MqttClient Create(MqttClientOptions options)
    {
        var client = new MqttClient(options);
        _clients.Add(client);
        return client;
    }

    internal async Task<(MqttClient Client, ScriptedPeer Peer)> ConnectAsync(MqttClientOptions? options = null, ConnAck? answer = null)
    {
        options ??= Server.Options;
        var client = Create(options);
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync(answer, options.ProtocolVersion);
        await Within.Time(connecting);
        return (client, peer);
    }

    internal static MqttMessage Message(string topic, string payload, int quality) => new()
    {
        Topic = topic,
        Payload = Encoding.UTF8.GetBytes(payload),
        QualityOfService = (MqttQualityOfService)quality,
    };

    internal static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
