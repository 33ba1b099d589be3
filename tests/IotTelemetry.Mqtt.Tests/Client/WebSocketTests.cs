using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class WebSocketTests : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly int _port = FreePort.Take();

    public WebSocketTests()
    {
        _listener.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _listener.Start();
    }

    [Fact]
    public async Task Packets_split_and_joined_over_frames_are_understood()
    {
        await using var client = CreateClient();
        var received = Channel.CreateUnbounded<int>();
        await client.SubscribeAsync("#", (message, _) =>
        {
            received.Writer.TryWrite(message.Payload.Length);
            return ValueTask.CompletedTask;
        });
        var connecting = client.ConnectAsync();
        var socket = await AcceptAsync("mqtt");
        await Within.Time(connecting);
        var two = Publish(10).Concat(Publish(20)).ToArray();
        await socket.SendAsync(two.AsMemory(0, 7), WebSocketMessageType.Binary, endOfMessage: false, CancellationToken.None);
        await socket.SendAsync(two.AsMemory(7, 8), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        await socket.SendAsync(two.AsMemory(15), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        Assert.Equal(10, await Within.Time(received.Reader.ReadAsync()));
        Assert.Equal(20, await Within.Time(received.Reader.ReadAsync()));
        await socket.SendAsync(Publish(1_000_000), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        Assert.Equal(1_000_000, await Within.Time(received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task A_text_message_is_a_protocol_error()
    {
        await using var client = CreateClient();
        var ended = new TaskCompletionSource<MqttDisconnection>();
        client.Disconnected += end => ended.TrySetResult(end);
        var connecting = client.ConnectAsync();
        var socket = await AcceptAsync("mqtt");
        await Within.Time(connecting);
        await socket.SendAsync("text"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        Assert.Equal(MqttReasonCode.ProtocolError, (await Within.Time(ended.Task)).Reason);
    }

    [Fact]
    public async Task A_server_that_does_not_select_the_subprotocol_is_refused()
    {
        await using var client = CreateClient();
        var connecting = client.ConnectAsync();
        await AcceptAsync(null);
        await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting));
    }

    public void Dispose() => _listener.Close();

    private MqttClient CreateClient() => new(new MqttClientOptions
    {
        Endpoint = MqttEndpoint.Parse($"ws://127.0.0.1:{_port}/mqtt"),
        Reconnect = new MqttReconnectOptions { Enabled = false },
        DisposeTimeout = TimeSpan.FromMilliseconds(200),
    });

    private async Task<WebSocket> AcceptAsync(string? subprotocol)
    {
        var context = await Within.Time(_listener.GetContextAsync());
        Assert.Equal("mqtt", context.Request.Headers["Sec-WebSocket-Protocol"]);
        var socket = (await Within.Time(context.AcceptWebSocketAsync(subprotocol))).WebSocket;
        if (subprotocol is not null)
        {
            var output = new ArrayBufferWriter<byte>();
            MqttPacketWriter.WriteConnAck(output, default, MqttProtocolVersion.V500);
            var message = await Within.Time(socket.ReceiveAsync(new byte[1000].AsMemory(), CancellationToken.None));
            Assert.Equal(WebSocketMessageType.Binary, message.MessageType);
            await socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }

        return socket;
    }

    private static byte[] Publish(int payload)
    {
        var output = new ArrayBufferWriter<byte>();
        MqttPacketWriter.WritePublish(
            output, new MqttPublishPacket { Topic = Encoding.UTF8.GetBytes("t"), Payload = new byte[payload] }, MqttProtocolVersion.V500);
        return output.WrittenSpan.ToArray();
    }
}
