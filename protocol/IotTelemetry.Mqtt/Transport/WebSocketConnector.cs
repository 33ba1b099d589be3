using System.Net.WebSockets;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>Opens MQTT over WebSocket. Apart from <see cref="TransportConnector"/>, so that a program without <see cref="WebSocketFeature"/> carries neither it nor the HTTP client below it.</summary>
internal static class WebSocketConnector
{
    public static async ValueTask<IMqttTransport> ConnectAsync(MqttEndpoint endpoint, TlsAttempt tls, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt"); // [MQTT-6.0.0-3]
            var uri = new Uri(endpoint.ToString());
            using var handler = new SocketsHttpHandler();
            if (endpoint.IsSecure)
            {
                handler.SslOptions = tls.Begin();
            }

            using var invoker = new HttpMessageInvoker(handler);
            await socket.ConnectAsync(uri, invoker, cancellationToken).ConfigureAwait(false);
            if (socket.SubProtocol != "mqtt")
            {
                throw new WebSocketException($"[MQTT-6.0.0-4] {uri} did not select the WebSocket subprotocol 'mqtt'.");
            }

            return new WebSocketTransport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
