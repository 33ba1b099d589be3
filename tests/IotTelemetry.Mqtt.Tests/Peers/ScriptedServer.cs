using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>A raw socket that plays the server as a test tells it, well or badly.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<ScriptedPeer> _peers = [];

    public ScriptedServer()
    {
        _listener.Start();
    }

    public MqttEndpoint Endpoint => new(MqttTransportKind.Tcp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Options for a client of this server; reconnects at once, no keep-alive unless asked for.</summary>
    public MqttClientOptions Options => new()
    {
        Endpoint = Endpoint,
        ClientId = "tested",
        KeepAlive = TimeSpan.Zero,
        Reconnect = new MqttReconnectOptions
        {
            InitialDelay = TimeSpan.FromMilliseconds(1),
            MaximumDelay = TimeSpan.FromMilliseconds(2),
            StableAfter = TimeSpan.Zero,
        },
    };

    /// <summary>Takes the next connection; says nothing.</summary>
    public async Task<ScriptedPeer> AcceptAsync(MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var socket = await Within.Time(_listener.AcceptSocketAsync());
        socket.NoDelay = true;
        var peer = new ScriptedPeer(socket, version);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>Takes the next connection, reads its CONNECT and accepts it.</summary>
    public async Task<ScriptedPeer> AcceptConnectedAsync(ConnAck? answer = null, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var peer = await AcceptAsync(version);
        await peer.ReadConnectAsync();
        await peer.SendConnAckAsync(answer ?? new ConnAck());
        return peer;
    }

    public void Dispose()
    {
        _listener.Stop();
        _peers.ForEach(static peer => peer.Dispose());
    }
}
