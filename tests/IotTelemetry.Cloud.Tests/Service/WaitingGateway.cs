using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>A gateway that does nothing by itself: it publishes once, which cannot be acknowledged while the store is away, and asks whether its connection lives.</summary>
internal sealed class WaitingGateway : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[4096];
    private int _length;

    /// <summary>Connects, and publishes bytes that will be rejected.</summary>
    public async Task PublishAsync(int port, string topic)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, port);
        await SendAsync(output => MqttPacketWriter.WriteConnect(output, new MqttConnectPacket { CleanStart = true, ClientId = "waiting"u8.ToArray(), ProtocolVersion = MqttProtocolVersion.V500 }));
        Assert.Equal(MqttPacketType.ConnAck, await ReceiveAsync());
        await SendAsync(output => MqttPacketWriter.WritePublish(
            output,
            new MqttPublishPacket { Topic = Encoding.UTF8.GetBytes(topic), Payload = new byte[100], QualityOfService = MqttQualityOfService.AtLeastOnce, PacketId = 1 },
            MqttProtocolVersion.V500));
    }

    /// <summary>PINGREQ; the next packet must be its answer.</summary>
    public async Task PingAsync()
    {
        await SendAsync(MqttPacketWriter.WritePingReq);
        Assert.Equal(MqttPacketType.PingResp, await ReceiveAsync());
    }

    /// <summary>The next packet's type.</summary>
    public async Task<MqttPacketType> ReceiveAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        MqttFixedHeader header;
        while (!MqttPacketReader.TryReadHeader(_received.AsSpan(0, _length), _received.Length, out header) || header.PacketLength > _length)
        {
            int count = await _socket.ReceiveAsync(_received.AsMemory(_length), limit.Token);
            Assert.NotEqual(0, count);
            _length += count;
        }

        _length -= header.PacketLength;
        _received.AsSpan(header.PacketLength, _length).CopyTo(_received);
        return header.Type;
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> output = new();
        write(output);
        await _socket.SendAsync(output.WrittenMemory);
    }
}
