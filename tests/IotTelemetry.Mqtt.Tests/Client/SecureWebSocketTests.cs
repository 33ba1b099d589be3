using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class SecureWebSocketTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TestCertificates _certificates = new();

    public SecureWebSocketTests()
    {
        _listener.Start();
    }

    [Fact]
    public async Task A_server_of_the_pinned_authority_is_trusted_and_sees_the_client_certificate()
    {
        await using var client = CreateClient(_certificates);
        var connecting = client.ConnectAsync();
        using var stream = await AcceptTlsAsync();
        Assert.Equal(_certificates.Client.Subject, stream.RemoteCertificate!.Subject);
        using var socket = await UpgradeAsync(stream);
        var output = new ArrayBufferWriter<byte>();
        MqttPacketWriter.WriteConnAck(output, default, MqttProtocolVersion.V500);
        await socket.ReceiveAsync(new byte[1000].AsMemory(), CancellationToken.None);
        await socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        await Within.Time(connecting);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        using var others = new TestCertificates();
        await using var client = CreateClient(others);
        var connecting = client.ConnectAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Within.Time(AcceptTlsAsync()));
        Assert.Equal(MqttTlsFailure.UntrustedAuthority, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).TlsFailure);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificates.Dispose();
    }

    private MqttClient CreateClient(TestCertificates trusted) => new(new MqttClientOptions
    {
        Endpoint = new MqttEndpoint(MqttTransportKind.SecureWebSocket, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port),
        Tls = new MqttTlsOptions { TrustedAuthorities = [trusted.Authority], ClientCertificate = () => _certificates.ClientContext },
        Reconnect = new MqttReconnectOptions { Enabled = false },
        DisposeTimeout = TimeSpan.FromMilliseconds(200),
    });

    private async Task<SslStream> AcceptTlsAsync()
    {
        var stream = new SslStream(new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_certificates.Authority);
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificates.Server,
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy,
        });

        // In TLS 1.3 the client refuses after the server's handshake is over: a read shows it ("GET").
        await stream.ReadExactlyAsync(new byte[3]);
        return stream;
    }

    private static async Task<WebSocket> UpgradeAsync(SslStream stream)
    {
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            request.Append((char)one[0]);
        }

#pragma warning disable CA5350 // RFC 6455 section 4.2.2 demands SHA-1
        var header = request.ToString().Split("\r\n").First(static line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase));
        var key = header.Split(':')[1].Trim();
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "mqtt" });
    }
}
