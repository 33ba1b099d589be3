using System.Buffers;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>One connection of a scripted server.</summary>
internal sealed class ScriptedPeer(Socket socket, MqttProtocolVersion version) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _outgoing = new();
    private byte[] _receive = new byte[64 * 1024];
    private byte[] _pending = [];

    public MqttProtocolVersion Version => version;

    /// <summary>The next packet of the client; null at the end of the stream.</summary>
    public async Task<ReceivedPacket?> TryReadAsync()
    {
        while (true)
        {
            if (MqttPacketReader.TryReadHeader(_pending, int.MaxValue, out var header) && _pending.Length >= header.PacketLength)
            {
                var body = _pending[header.HeaderLength..header.PacketLength];
                _pending = _pending[header.PacketLength..];
                return new ReceivedPacket(header, body, version);
            }

            int count;
            try
            {
                count = await Within.Time(socket.ReceiveAsync(_receive.AsMemory(), SocketFlags.None).AsTask());
            }
            catch (SocketException)
            {
                return null; // reset by the client is an end as well
            }

            if (count == 0)
            {
                return null;
            }

            _pending = [.. _pending, .. _receive.AsSpan(0, count)];
        }
    }

    /// <summary>The next packet, which must be of this type; pings in between are skipped.</summary>
    public async Task<ReceivedPacket> ReadAsync(MqttPacketType type)
    {
        while (true)
        {
            var packet = await TryReadAsync() ?? throw new InvalidOperationException($"The client closed the connection; {type} was expected.");
            if (packet.Type == type)
            {
                return packet;
            }

            Assert.Equal(MqttPacketType.PingReq, packet.Type);
        }
    }

    public async Task<MqttConnectPacket> ReadConnectAsync() => MqttPacketReader.ReadConnect((await ReadAsync(MqttPacketType.Connect)).Body);

    public async Task<MqttPublishPacket> ReadPublishAsync() => (await ReadAsync(MqttPacketType.Publish)).AsPublish();

    public async Task<MqttAckPacket> ReadAckAsync(MqttPacketType type) =>
        MqttPacketReader.ReadAck(type, (await ReadAsync(type)).Body, version);

    /// <summary>Reads SUBSCRIBE and grants what it asks for.</summary>
    public async Task<MqttSubscribePacket> AcceptSubscribeAsync()
    {
        var packet = MqttPacketReader.ReadSubscribe((await ReadAsync(MqttPacketType.Subscribe)).Body, version);
        var codes = packet.Subscriptions.Select(static subscription => (byte)subscription.MaximumQualityOfService).ToArray();
        MqttPacketWriter.WriteSubAck(_outgoing, new MqttSubAckPacket(packet.PacketId, default, codes), version);
        await FlushAsync();
        return packet;
    }

    /// <summary>Grants the next SUBSCRIBE, whatever the client sends before it.</summary>
    public async Task AcceptSubscribeWithinRetransmissionsAsync()
    {
        while (await TryReadAsync() is { } packet)
        {
            if (packet.Type == MqttPacketType.Subscribe)
            {
                await SendRawAsync(version == MqttProtocolVersion.V500
                    ? new byte[] { 0x90, 4, packet.Body[0], packet.Body[1], 0, 0 }
                    : new byte[] { 0x90, 3, packet.Body[0], packet.Body[1], 0 });
                return;
            }
        }

        Assert.Fail("The client closed the connection; SUBSCRIBE was expected.");
    }

    /// <summary>Reads to the end of the stream and returns the reason of the client's DISCONNECT, or null if it sent none.</summary>
    public async Task<MqttReasonCode?> ReadDisconnectAsync()
    {
        MqttReasonCode? reason = null;
        while (await TryReadAsync() is { } packet)
        {
            Assert.Null(reason); // nothing may follow DISCONNECT
            if (packet.Type == MqttPacketType.Disconnect)
            {
                reason = MqttPacketReader.ReadDisconnect(packet.Body, version).ReasonCode;
            }
        }

        return reason;
    }

    public Task SendConnAckAsync(ConnAck answer)
    {
        var properties = new MqttPropertyBuilder();
        answer.Properties?.Invoke(properties);
        MqttPacketWriter.WriteConnAck(_outgoing, new MqttConnAckPacket(answer.SessionPresent, answer.Reason, properties.Build()), version);
        return FlushAsync();
    }

    public Task SendPublishAsync(
        string topic, string payload, int quality = 0, ushort packetId = 0, bool duplicate = false, Action<MqttPropertyBuilder>? properties = null)
    {
        WritePublish(topic, payload, quality, packetId, duplicate, properties);
        return FlushAsync();
    }

    /// <summary>Writes a publication without sending it, so that several leave in one segment.</summary>
    public void WritePublish(
        string topic, string payload, int quality = 0, ushort packetId = 0, bool duplicate = false, Action<MqttPropertyBuilder>? properties = null)
    {
        var builder = new MqttPropertyBuilder();
        properties?.Invoke(builder);
        MqttPacketWriter.WritePublish(
            _outgoing,
            new MqttPublishPacket
            {
                Topic = Encoding.UTF8.GetBytes(topic),
                Payload = Encoding.UTF8.GetBytes(payload),
                QualityOfService = (MqttQualityOfService)quality,
                PacketId = packetId,
                Duplicate = duplicate,
                Properties = builder.Build(),
            },
            version);
    }

    public Task SendAckAsync(MqttPacketType type, ushort packetId, MqttReasonCode reason = MqttReasonCode.Success)
    {
        MqttPacketWriter.WriteAck(_outgoing, type, new MqttAckPacket(packetId, reason, default), version);
        return FlushAsync();
    }

    public Task SendDisconnectAsync(MqttReasonCode reason, Action<MqttPropertyBuilder>? properties = null)
    {
        var builder = new MqttPropertyBuilder();
        properties?.Invoke(builder);
        MqttPacketWriter.WriteDisconnect(_outgoing, new MqttDisconnectPacket(reason, builder.Build()), version);
        return FlushAsync();
    }

    public Task SendAuthAsync(MqttReasonCode reason, string method, string data)
    {
        var properties = new MqttPropertyBuilder()
            .Add(MqttPropertyId.AuthenticationMethod, method)
            .Add(MqttPropertyId.AuthenticationData, Encoding.UTF8.GetBytes(data));
        MqttPacketWriter.WriteAuth(_outgoing, new MqttAuthPacket(reason, properties.Build()));
        return FlushAsync();
    }

    public Task SendPingRespAsync()
    {
        MqttPacketWriter.WritePingResp(_outgoing);
        return FlushAsync();
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await socket.SendAsync(bytes, SocketFlags.None);

    public async Task FlushAsync()
    {
        await SendRawAsync(_outgoing.WrittenMemory.ToArray());
        _outgoing.ResetWrittenCount();
    }

    /// <summary>Sends nothing more, and goes on reading.</summary>
    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes without a word.</summary>
    public void Dispose()
    {
        socket.Dispose();
        _receive = []; // the server remembers its peers, and a growth test measures
    }
}
