using System.Threading.Channels;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Tls;

/// <summary>The uplink as the configuration's <c>mqtt.tls</c> makes it, against a mosquitto that demands client certificates.</summary>
public sealed class TlsThroughMosquittoTests : IDisposable
{
    private const string Authorities = "\"authorities\": \"ca.pem\"";
    private const string Certificate = "\"certificate\": \"client.pem\", \"key\": \"client.key\"";

    private readonly TempDirectory _directory = new();
    private readonly TestCertificates _certificates = new();
    private readonly RecordingLog _log = new();

    public TlsThroughMosquittoTests() => _certificates.WriteClientTo(_directory.Path);

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [MosquittoFact]
    public async Task With_the_broker_s_authority_and_a_certificate_of_its_own_the_agent_connects()
    {
        await using var broker = await MosquittoBroker.StartAsync(certificates: _certificates);
        await using var link = await StartAsync($"mqtts://127.0.0.1:{broker.TlsPort}", $"{Authorities}, {Certificate}");
        await link.HappensAsync("connected");
    }

    [MosquittoFact]
    public async Task A_broker_of_another_authority_is_refused_and_the_log_says_what_to_do()
    {
        using var others = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates: others);
        await using var link = await StartAsync($"mqtts://127.0.0.1:{broker.TlsPort}", $"{Authorities}, {Certificate}");
        var reason = await link.HappensAsync($"mqtts://127.0.0.1:{broker.TlsPort} shows a certificate that comes from no trusted authority: CN=127.0.0.1 leads to CN=Test Authority (");
        Assert.EndsWith("See that mqtt.tls.authorities has the root of the broker's certificate, and that the broker sends its intermediates.", reason, StringComparison.Ordinal);
    }

    [MosquittoFact]
    public async Task A_broker_of_another_name_is_refused_unless_the_name_is_given()
    {
        await using var broker = await MosquittoBroker.StartAsync(certificates: _certificates);
        await using (var link = await StartAsync($"mqtts://localhost:{broker.TlsPort}", $"{Authorities}, {Certificate}"))
        {
            await link.HappensAsync($"mqtts://localhost:{broker.TlsPort} shows a certificate that is for 127.0.0.1 and not for localhost. If it is the right broker, give one of these names as mqtt.tls.serverName.");
        }

        await using var named = await StartAsync($"mqtts://localhost:{broker.TlsPort}", $"{Authorities}, {Certificate}, \"serverName\": \"127.0.0.1\"");
        await named.HappensAsync("connected");
    }

    [MosquittoFact]
    public async Task A_broker_whose_certificate_has_expired_is_refused_with_both_times()
    {
        using var old = new TestCertificates(isServerExpired: true);
        old.WriteClientTo(_directory.Path);
        await using var broker = await MosquittoBroker.StartAsync(certificates: old);
        await using var link = await StartAsync($"mqtts://127.0.0.1:{broker.TlsPort}", $"{Authorities}, {Certificate}");
        var reason = await link.HappensAsync($"mqtts://127.0.0.1:{broker.TlsPort} shows a certificate that is not valid now: ");
        Assert.Matches("CN=127.0.0.1 is from 2.*Z to 2.*Z, and this machine's clock says 2.*Z. The broker needs a renewed certificate, or this machine's clock has to be set.$", reason);
    }

    [MosquittoFact]
    public async Task Without_the_certificate_that_the_broker_demands_the_agent_is_refused_and_says_so()
    {
        await using var broker = await MosquittoBroker.StartAsync(certificates: _certificates);
        await using var link = await StartAsync($"mqtts://127.0.0.1:{broker.TlsPort}", Authorities);
        var reason = await link.HappensAsync("demands a client certificate, and there is none: ");
        Assert.EndsWith("Give this device's certificate and key as mqtt.tls.certificate and mqtt.tls.key.", reason, StringComparison.Ordinal);
    }

    [MosquittoFact]
    public async Task A_renewed_certificate_is_used_at_the_next_connection_and_a_broken_one_is_told_once_and_not_used()
    {
        using var others = new TestCertificates();
        others.WriteClientTo(_directory.Path);
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "ca.pem"), _certificates.Authority.ExportCertificatePem());
        await using var broker = await MosquittoBroker.StartAsync(certificates: _certificates);
        await using var link = await StartAsync($"mqtts://127.0.0.1:{broker.TlsPort}", $"{Authorities}, {Certificate}");
        await link.HappensAsync("refuses the client certificate CN=gateway-1: ");

        // Each file at once, as renewals do it; between the two they do not belong together.
        using var renewed = new TempDirectory();
        _certificates.WriteClientTo(renewed.Path);
        File.Move(Path.Combine(renewed.Path, "client.pem"), Path.Combine(_directory.Path, "client.pem"), overwrite: true);
        File.Move(Path.Combine(renewed.Path, "client.key"), Path.Combine(_directory.Path, "client.key"), overwrite: true);
        await link.HappensAsync("connected");

        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "client.pem"), "half a certifi");
        await broker.RestartAsync();
        await link.HappensAsync("connected");
        await broker.RestartAsync();
        await link.HappensAsync("connected");
        var told = $"The changed certificate of this gateway cannot be used, the one before stays: {Path.Combine(_directory.Path, "client.pem")} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
        Assert.Single(_log.Lines, told);
        Assert.Equal(2, _log.Lines.Count(line => line.StartsWith("This gateway shows the broker the certificate CN=gateway-1", StringComparison.Ordinal)));
    }

    private async Task<Link> StartAsync(string endpoint, string tls)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        await File.WriteAllTextAsync(file, $$"""
            { "site": "station", "gateway": "gw-1", "state": ".", "board": { "kind": "simulated-feeder" }, "mqtt": { "endpoint": "{{endpoint}}", "tls": { {{tls}} } } }
            """);
        var configuration = ConfigurationFile.Load(file, new Dictionary<string, string>());
        var link = new Link(configuration.Gateway, configuration.Mqtt with
        {
            Tls = configuration.Tls!.ToOptions(_log, TimeProvider.System),
            Reconnect = new MqttReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(50), MaximumDelay = TimeSpan.FromMilliseconds(250) },
        });
        await link.Transport.StartAsync(link, CancellationToken.None);
        return link;
    }

    /// <summary>One uplink and what it tells.</summary>
    private sealed class Link(GatewayId gateway, MqttClientOptions options) : IUplinkEvents, IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

        private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

        public MqttUplinkTransport Transport { get; } = new(options, new GatewayTopics(gateway));

        /// <summary>Waits for the next thing told that has these words; what comes before is attempts that came to nothing.</summary>
        public async Task<string> HappensAsync(string words)
        {
            using var giveUp = new CancellationTokenSource(Patience);
            var passed = new List<string>();
            try
            {
                while (true)
                {
                    passed.Add(await _told.Reader.ReadAsync(giveUp.Token));
                    if (passed[^1].Contains(words, StringComparison.Ordinal))
                    {
                        return passed[^1];
                    }
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"'{words}' was not told, but: {string.Join(" | ", passed)}");
            }
        }

        public void OnConnected(UplinkConnection connection) => _told.Writer.TryWrite("connected");

        public void OnDisconnected(string reason) => _told.Writer.TryWrite(reason);

        public void OnFailed(Exception failure) => _told.Writer.TryWrite(failure.Message);

        public ValueTask OnStoredAsync(ReadOnlyMemory<byte> payload) => ValueTask.CompletedTask;

        public ValueTask OnCommandAsync(ReadOnlyMemory<byte> payload) => ValueTask.CompletedTask;

        public ValueTask OnLockoutsAsync(ReadOnlyMemory<byte> payload) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => Transport.DisposeAsync();
    }
}
