using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>
/// A client that does nothing by itself: it sends the bytes it is told to send and shows the packets that come, so that a test can be as right or as wrong as it
/// needs. Every wait is bounded.
/// </summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    private RawClient(Socket socket, MqttProtocolVersion version)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _reader = PipeReader.Create(_stream);
        Version = version;
    }

    public MqttProtocolVersion Version { get; }

    /// <summary>Opens the TCP connection only.</summary>
    public static async Task<RawClient> OpenAsync(int port, MqttProtocolVersion version = MqttProtocolVersion.V500)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(socket, version);
    }

    /// <summary>Opens and sends CONNECT; the CONNACK must be Success.</summary>
    public static async Task<RawClient> ConnectAsync(
        int port, string clientId, MqttProtocolVersion version = MqttProtocolVersion.V500, MqttConnectPacket? connect = null, MqttPropertyBuilder? properties = null)
    {
        var client = await OpenAsync(port, version);
        var connAck = await client.HandshakeAsync(clientId, connect, properties);
        Assert.Equal(MqttReasonCode.Success, connAck.ReasonCode);
        client.ConnAck = connAck;
        return client;
    }

    public MqttConnAckPacket ConnAck { get; private set; }

    public async Task<MqttConnAckPacket> HandshakeAsync(string clientId, MqttConnectPacket? connect = null, MqttPropertyBuilder? properties = null)
    {
        connect = (connect ?? new MqttConnectPacket { CleanStart = true }) with
        {
            ProtocolVersion = Version,
            ClientId = Encoding.UTF8.GetBytes(clientId),
        };
        await SendAsync(output => MqttPacketWriter.WriteConnect(output, properties is null ? connect : connect with { Properties = properties.Build() }));
        var packet = await ReceiveAsync(MqttPacketType.ConnAck);
        return MqttPacketReader.ReadConnAck(packet.Body, Version);
    }

    public async Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        await SendAsync(buffer.WrittenMemory);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    public Task SendAsync(params byte[] bytes) => SendAsync(bytes.AsMemory());

    public Task PublishAsync(
        string topic, string payload, int qos = 0, ushort packetId = 0, bool retain = false, bool duplicate = false, MqttPropertyBuilder? properties = null) =>
        SendAsync(output => MqttPacketWriter.WritePublish(output, new MqttPublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            QualityOfService = (MqttQualityOfService)qos,
            PacketId = packetId,
            Retain = retain,
            Duplicate = duplicate,
            Properties = properties?.Build() ?? default,
        }, Version));

    public Task SendAckAsync(MqttPacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success) =>
        SendAsync(output => MqttPacketWriter.WriteAck(output, type, new MqttAckPacket(packetId, reason, default), Version));

    public Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, MqttPropertyBuilder? properties = null) =>
        SendAsync(output => MqttPacketWriter.WriteDisconnect(output, new MqttDisconnectPacket(reason, properties?.Build() ?? default), Version));

    /// <summary>Subscribes and returns the SUBACK's codes.</summary>
    public async Task<byte[]> SubscribeAsync(
        string filter, int qos = 0, bool noLocal = false, bool retainAsPublished = false, MqttRetainHandling retainHandling = MqttRetainHandling.SendAlways,
        uint identifier = 0)
    {
        var properties = identifier == 0 ? default : new MqttPropertyBuilder().Add(MqttPropertyId.SubscriptionIdentifier, identifier).Build();
        var request = new MqttSubscriptionRequest(Encoding.UTF8.GetBytes(filter), (MqttQualityOfService)qos, noLocal, retainAsPublished, retainHandling);
        await SendAsync(output => MqttPacketWriter.WriteSubscribe(output, new MqttSubscribePacket(77, properties, [request]), Version));
        var subAck = MqttPacketReader.ReadSubAck((await ReceiveAsync(MqttPacketType.SubAck)).Body, Version);
        Assert.Equal(77, subAck.PacketId);
        return subAck.ReasonCodes.ToArray();
    }

    /// <summary>The next packet; nothing when the broker has closed the connection.</summary>
    public async Task<RawPacket?> ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(Limit);
        while (true)
        {
            ReadResult read;
            try
            {
                read = await _reader.ReadAsync(timeout.Token);
            }
            catch (IOException)
            {
                return null;
            }

            var buffer = read.Buffer;
            if (MqttPacketReader.TryReadFrame(ref buffer, int.MaxValue, out var frame))
            {
                var packet = new RawPacket(frame.Header, frame.Body.ToArray(), Version);
                _reader.AdvanceTo(buffer.Start);
                return packet;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>The next packet, which must be of this type.</summary>
    public async Task<RawPacket> ReceiveAsync(MqttPacketType type)
    {
        var packet = await ReceiveAsync();
        Assert.True(packet is not null, $"the connection was closed where {type} was expected");
        Assert.Equal(type, packet.Type);
        return packet;
    }

    public async Task<MqttPublishPacket> ReceivePublishAsync() => (await ReceiveAsync(MqttPacketType.Publish)).Publish;

    public async Task<MqttAckPacket> ReceiveAckAsync(MqttPacketType type) => (await ReceiveAsync(type)).Ack;

    /// <summary>The broker says DISCONNECT with this reason and closes.</summary>
    public async Task ExpectDisconnectAsync(MqttReasonCode reason)
    {
        var packet = await ReceiveAsync(MqttPacketType.Disconnect);
        Assert.Equal(reason, MqttPacketReader.ReadDisconnect(packet.Body, Version).ReasonCode);
        await ExpectClosedAsync();
    }

    /// <summary>The broker closes without another packet.</summary>
    public async Task ExpectClosedAsync() => Assert.Null(await ReceiveAsync());

    /// <summary>Everything sent before has been worked off, and nothing has come but the answer to PINGREQ.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendAsync(0xC0, 0);
        await ReceiveAsync(MqttPacketType.PingResp);
    }

    /// <summary>Cuts the connection without DISCONNECT.</summary>
    public void Cut() => _socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
    }
}
