using System.Net;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>A raw socket that plays the server as a test tells it, well or badly.</summary>
internal sealed class ScriptedServer : IDisposable
{
    /// <summary>The identifier for a client that brings none.</summary>
    public const string AssignedId = "given";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<ScriptedPeer> _peers = [];

    public ScriptedServer()
    {
        // What a peer that does not read takes in all the same must be bounded, or a test of full buffers depends on the kernel's mood.
        _listener.Server.ReceiveBufferSize = 64 * 1024;
        _listener.Start();
    }

    public MqttEndpoint Endpoint => new(MqttTransportKind.Tcp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>The identifier of this server's client, like that of no other test.</summary>
    public string ClientId { get; } = $"tested-{Guid.NewGuid():N}";

    /// <summary>Options for a client of this server; reconnects at once, no keep-alive unless asked for, and a goodbye that a busy machine does not cut short.</summary>
    public MqttClientOptions Options => new()
    {
        Endpoint = Endpoint,
        ClientId = ClientId,
        KeepAlive = TimeSpan.Zero,
        DisposeTimeout = Within.Limit,
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

    /// <summary>
    /// Takes the next connection of this server's client, reads its CONNECT and accepts it. A test beside this one may have a client that looks for a server
    /// it has just killed, on a port that is ours by now: it is turned away.
    /// </summary>
    public async Task<ScriptedPeer> AcceptConnectedAsync(ConnAck? answer = null, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var peer = await AcceptAsync(version);
        while (IsStranger(await peer.ReadConnectAsync()))
        {
            peer.Dispose();
            peer = await AcceptAsync(version);
        }

        await peer.SendConnAckAsync(answer ?? new ConnAck());
        return peer;
    }

    public void Dispose()
    {
        _listener.Stop();
        _peers.ForEach(static peer => peer.Dispose());
    }

    private bool IsStranger(MqttConnectPacket connect)
    {
        var id = Encoding.UTF8.GetString(connect.ClientId.Span);
        return id != ClientId && id is not ("" or AssignedId);
    }
}
