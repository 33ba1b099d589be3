using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>Opens the transport an endpoint asks for.</summary>
internal static class TransportConnector
{
    public static async ValueTask<IMqttTransport> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var endpoint = options.Endpoint;
        if (endpoint.Kind is MqttTransportKind.WebSocket or MqttTransportKind.SecureWebSocket)
        {
            return await ConnectWebSocketAsync(endpoint, options.Tls, cancellationToken).ConfigureAwait(false);
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
            await stream.AuthenticateAsClientAsync(TlsAuthentication(endpoint, options.Tls), cancellationToken).ConfigureAwait(false);
            return new TlsTransport(socket, stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<IMqttTransport> ConnectWebSocketAsync(
        MqttEndpoint endpoint, MqttTlsOptions tls, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt"); // [MQTT-6.0.0-3]
            var uri = new Uri(endpoint.ToString());
            using var handler = new SocketsHttpHandler();
            if (endpoint.IsSecure)
            {
                handler.SslOptions = TlsAuthentication(endpoint, tls);
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

    private static SslClientAuthenticationOptions TlsAuthentication(MqttEndpoint endpoint, MqttTlsOptions tls)
    {
        var policy = new X509ChainPolicy { RevocationMode = tls.RevocationMode };
        if (tls.TrustedAuthorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = tls.TargetHost ?? endpoint.Host,
            EnabledSslProtocols = tls.Protocols,
            CertificateChainPolicy = policy,
        };
        if (tls.ClientCertificate?.Invoke() is { } certificate)
        {
            authentication.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        return authentication;
    }
}
