using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Tests.Peers;

/// <summary>Our client against our broker.</summary>
public sealed class OwnClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("mqtt", MqttProtocolVersion.V311)]
    [InlineData("mqtt", MqttProtocolVersion.V500)]
    [InlineData("mqtts", MqttProtocolVersion.V500)]
    [InlineData("ws", MqttProtocolVersion.V500)]
    public async Task Two_thousand_messages_of_each_quality_arrive_in_order(string transport, MqttProtocolVersion version)
    {
        const int count = 2000;
        await using var host = await TestBroker.StartAsync(tls: transport == "mqtts");
        await using var client = new MqttClient(Options(host, transport) with { ProtocolVersion = version });
        var received = Channel.CreateUnbounded<string>();
        await client.ConnectAsync();
        await using var subscription = await client.SubscribeAsync(
            "yard/#",
            (message, _) =>
            {
                received.Writer.TryWrite($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)}");
                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { MaximumQualityOfService = MqttQualityOfService.ExactlyOnce });
        using var timeout = new CancellationTokenSource(Limit);

        for (var qos = 0; qos <= 2; qos++)
        {
            var publishing = new List<Task>();
            for (var i = 0; i < count; i++)
            {
                publishing.Add(client.PublishAsync(new MqttMessage
                {
                    Topic = $"yard/{qos}", Payload = Encoding.UTF8.GetBytes($"{i}"), QualityOfService = (MqttQualityOfService)qos,
                }, timeout.Token).AsTask());
            }

            await Task.WhenAll(publishing);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal($"yard/{qos} {i}", await received.Reader.ReadAsync(timeout.Token));
            }
        }
    }

    [Fact]
    public async Task A_client_comes_back_by_itself_after_a_broker_restart_and_loses_nothing()
    {
        var directory = Directory.CreateTempSubdirectory("iot-broker-own-");
        try
        {
            var options = new MqttBrokerOptions { StoreDirectory = directory.FullName };
            var host = await TestBroker.StartAsync(options);
            var port = host.TcpPort;
            await using var client = new MqttClient(Options(host, "mqtt") with { ClientId = "own", CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) });
            var received = Channel.CreateUnbounded<string>();
            await client.ConnectAsync();
            await using var subscription = await client.SubscribeAsync("jobs", (message, _) =>
            {
                received.Writer.TryWrite(Encoding.UTF8.GetString(message.Payload.Span));
                return ValueTask.CompletedTask;
            });

            await host.DisposeAsync();
            await using var again = await TestBroker.StartAsync(options, tcpPort: port);
            await again.Broker.PublishAsync(new MqttMessage { Topic = "jobs", Payload = "waited"u8.ToArray(), QualityOfService = MqttQualityOfService.AtLeastOnce });

            using var timeout = new CancellationTokenSource(Limit);
            Assert.Equal("waited", await received.Reader.ReadAsync(timeout.Token));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static MqttClientOptions Options(TestBroker host, string transport)
    {
        var endpoint = transport switch
        {
            "mqtts" => $"mqtts://localhost:{host.TlsPort}",
            "ws" => $"ws://127.0.0.1:{host.HttpPort}/mqtt",
            _ => $"mqtt://127.0.0.1:{host.TcpPort}",
        };
        var tls = host.Certificates is { } certificates
            ? new MqttTlsOptions { TrustedAuthorities = [X509CertificateLoader.LoadCertificateFromFile(certificates.AuthorityFile)] }
            : new MqttTlsOptions();
        return new MqttClientOptions { Endpoint = MqttEndpoint.Parse(endpoint), Tls = tls };
    }
}
