using System.Net.Security;
using System.Net.Sockets;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>Opens the transport an endpoint asks for.</summary>
internal static class TransportConnector
{
    public static async ValueTask<IMqttTransport> ConnectAsync(MqttClientOptions options, TlsAttempt tls, CancellationToken cancellationToken)
    {
        var endpoint = options.Endpoint;
        if (endpoint.Kind is MqttTransportKind.WebSocket or MqttTransportKind.SecureWebSocket)
        {
            return WebSocketFeature.IsSupported
                ? await WebSocketConnector.ConnectAsync(endpoint, tls, cancellationToken).ConfigureAwait(false)
                : throw new NotSupportedException($"{endpoint} asks for a WebSocket, which this program was built without ({WebSocketFeature.Switch}).");
        }

        // Without Nagle: the writer already sends whole batches, and a window of acknowledgements must not wait for one.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
            if (endpoint.Kind == MqttTransportKind.Tcp)
            {
                return new TcpTransport(socket);
            }

            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(tls.Begin(), cancellationToken).ConfigureAwait(false);
            return new TlsTransport(socket, stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
