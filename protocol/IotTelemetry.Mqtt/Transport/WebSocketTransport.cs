using System.Net.WebSockets;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>MQTT over WebSocket (MQTT 5.0 section 6): binary messages whose boundaries mean nothing.</summary>
internal sealed class WebSocketTransport(WebSocket socket) : IMqttTransport
{
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            switch (received.MessageType)
            {
                case WebSocketMessageType.Close:
                    return 0;
                case WebSocketMessageType.Text:
                    throw MqttProtocolException.Protocol("[MQTT-6.0.0-1] MQTT travels in binary WebSocket messages, this one is text");
                default:
                    if (received.Count > 0)
                    {
                        return received.Count;
                    }

                    break;
            }
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        socket.SendAsync(data, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    public void Abort() => socket.Abort();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
