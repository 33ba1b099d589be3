using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>MQTT over WebSocket, the server's side (MQTT 5.0 section 6).</summary>
public sealed class ServerWebSocketTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Packets_split_and_joined_over_frames_are_understood_and_the_subprotocol_is_selected()
    {
        await using var host = await TestBroker.StartAsync();
        using var socket = await ConnectAsync(host);
        var bytes = Connect();
        MqttPacketWriter.WritePingReq(bytes);
        MqttPacketWriter.WritePingReq(bytes);

        Assert.Equal("mqtt", socket.SubProtocol);
        for (var i = 0; i < bytes.WrittenCount - 4; i++)
        {
            await socket.SendAsync(bytes.WrittenMemory.Slice(i, 1), WebSocketMessageType.Binary, endOfMessage: i % 3 == 0, CancellationToken.None);
        }

        await socket.SendAsync(bytes.WrittenMemory[^4..], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

        var received = new List<byte>();
        await ReadUntilAsync(socket, received, () => received.Count >= 4 && received.TakeLast(4).SequenceEqual(new byte[] { 0xD0, 0, 0xD0, 0 }));
        Assert.Equal((byte)MqttPacketType.ConnAck << 4, received[0]);
    }

    [Fact]
    public async Task A_text_frame_ends_the_connection()
    {
        await using var host = await TestBroker.StartAsync();
        using var socket = await ConnectAsync(host);
        await socket.SendAsync(Connect().WrittenMemory, WebSocketMessageType.Binary, true, CancellationToken.None);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);

        await ReadUntilAsync(socket, [], () => false);
        await Eventually.HoldsAsync(() => host.Broker.Counters is { Connections: 0, Sessions: 0 }, "nothing is left");
    }

    [Fact]
    public async Task A_request_without_the_subprotocol_is_refused()
    {
        await using var host = await TestBroker.StartAsync();
        using var http = new HttpClient();
        using var socket = new ClientWebSocket();

        using var plain = await http.GetAsync(new Uri($"http://127.0.0.1:{host.HttpPort}/mqtt"));

        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{host.HttpPort}/mqtt"), CancellationToken.None));
    }

    [Fact]
    public async Task A_protocol_error_closes_the_socket_after_DISCONNECT()
    {
        await using var host = await TestBroker.StartAsync();
        using var socket = await ConnectAsync(host);
        await socket.SendAsync(Connect().WrittenMemory, WebSocketMessageType.Binary, true, CancellationToken.None);

        await socket.SendAsync(new byte[] { 0xD0, 0 }, WebSocketMessageType.Binary, true, CancellationToken.None);

        var received = new List<byte>();
        await ReadUntilAsync(socket, received, () => false);
        Assert.Equal([0xE0, 1, (byte)MqttReasonCode.ProtocolError], received.TakeLast(3));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestBroker host)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{host.HttpPort}/mqtt"), CancellationToken.None);
        return socket;
    }

    private static ArrayBufferWriter<byte> Connect()
    {
        var output = new ArrayBufferWriter<byte>();
        MqttPacketWriter.WriteConnect(output, new MqttConnectPacket { ClientId = "ws"u8.ToArray(), CleanStart = true });
        return output;
    }

    /// <summary>Reads until the condition holds or the server closes.</summary>
    private static async Task ReadUntilAsync(ClientWebSocket socket, List<byte> received, Func<bool> isEnough)
    {
        using var timeout = new CancellationTokenSource(Limit);
        var buffer = new byte[1024];
        while (!isEnough())
        {
            var result = await socket.ReceiveAsync(buffer, timeout.Token);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
                return;
            }

            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            received.AddRange(buffer.AsSpan(0, result.Count));
        }
    }
}
