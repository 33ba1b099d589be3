using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Edge.Tests.Configuration;

public sealed class TlsSectionTests : IDisposable
{
    private const string Right = "\"authorities\": \"ca.pem\", \"certificate\": \"client.pem\", \"key\": \"client.key\"";

    private static readonly Lazy<string> RsaKey = new(static () =>
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportRSAPrivateKeyPem();
    });

    private readonly TempDirectory _directory = new();
    private readonly TestCertificates _certificates = new();

    public TlsSectionTests() => _certificates.WriteClientTo(_directory.Path);

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Files_are_found_beside_the_configuration_and_become_the_client_s_options()
    {
        var log = new RecordingLog();
        var options = Load($"{Right}, \"serverName\": \"broker.example\"").Tls!.ToOptions(log, TimeProvider.System);
        Assert.Equal(_certificates.Authority.Thumbprint, Assert.Single(options.TrustedAuthorities!).Thumbprint);
        Assert.Equal(_certificates.Client.Thumbprint, options.ClientCertificate!()!.TargetCertificate.Thumbprint);
        Assert.Equal("broker.example", options.TargetHost);
        Assert.Single(log.Lines, line => line.StartsWith("This gateway shows the broker the certificate CN=gateway-1, valid until ", StringComparison.Ordinal));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_key_that_everybody_can_read_is_warned_of_once()
    {
        var key = Path.Combine(_directory.Path, "client.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var log = new RecordingLog();
        var options = Load(Right).Tls!.ToOptions(log, TimeProvider.System);
        options.ClientCertificate!();
        options.ClientCertificate!();
        Assert.Single(log.Lines, line => line == $"Every user of this machine can read the private key {key}: chmod o-r, and perhaps a new key");
    }

    [Fact]
    public void Without_the_section_the_machine_s_authorities_count_and_no_certificate_is_shown()
    {
        var configuration = Load(null);
        Assert.Null(configuration.Tls);
        Assert.Null(configuration.Mqtt.Tls.TrustedAuthorities);
        Assert.Null(configuration.Mqtt.Tls.ClientCertificate);
    }

    [Theory]
    [InlineData("\"authorities\": \"gone.pem\"", ".authorities: is \"gone.pem\", which cannot be read (Could not find file '", "; allowed: a PEM file of certificates with a root among them")]
    [InlineData("\"authorities\": \".\"", ".authorities: is \".\", which cannot be read (", "")]
    [InlineData("\"authorities\": \"\"", ".authorities: is \"\", which names no file; allowed: ", "")]
    [InlineData("\"authorities\": \"client.key\"", ".authorities: is \"client.key\", which holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); allowed: ", "")]
    [InlineData("\"authorities\": \"client.pem\"", ".authorities: is \"client.pem\", which holds no root, only CN=gateway-1, which CN=Test Authority issued; allowed: ", "")]
    [InlineData("\"authorities\": \"damaged.pem\"", ".authorities: is \"damaged.pem\", which holds a certificate that cannot be read (", "")]
    [InlineData("\"certificate\": \"client.pem\"", ": has a certificate without its key; allowed: both or neither", "")]
    [InlineData("\"key\": \"client.key\"", ": has a key without its certificate; allowed: both or neither", "")]
    [InlineData("\"certificate\": \"client.key\", \"key\": \"client.key\"", ".certificate: is \"client.key\", which holds no certificate", "; allowed: a PEM file of this device's certificate and its intermediates, in this order")]
    [InlineData("\"certificate\": \"client.pem\", \"key\": \"client.pem\"", ".key: is \"client.pem\", which holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)", "; allowed: a PEM file of the certificate's private key (RSA or elliptic curve, not encrypted)")]
    [InlineData("\"certificate\": \"client.pem\", \"key\": \"other.key\"", ".key: is \"other.key\", which does not hold the private key of the certificate CN=gateway-1; allowed: ", "")]
    [InlineData("\"certificate\": \"client.pem\", \"key\": \"rsa.key\"", ".key: is \"rsa.key\", which does not hold the private key of the certificate CN=gateway-1; allowed: ", "")]
    [InlineData("\"certificate\": \"client.pem\", \"key\": \"damaged.key\"", ".key: is \"damaged.key\", which holds a private key that cannot be read (", "")]
    [InlineData("\"certificate\": \"client.pem\", \"key\": \"encrypted.key\"", ".key: is \"encrypted.key\", which holds an encrypted key, and nobody is there to give its password; allowed: ", "")]
    [InlineData("\"serverName\": \"a b\"", ".serverName: is \"a b\"; allowed: a host name or an IP address", "")]
    [InlineData("\"authority\": \"ca.pem\"", ".authority: is not known; allowed here: authorities, certificate, key, serverName", "")]
    public async Task A_mistake_names_its_key_and_what_is_allowed(string section, string begins, string ends)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await WriteAsync("other.key", other.ExportPkcs8PrivateKeyPem());
        await WriteAsync("rsa.key", RsaKey.Value);
        await WriteAsync("damaged.key", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        await WriteAsync("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        await WriteAsync("encrypted.key", other.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)));

        var mistake = Assert.Single(Assert.Throws<ConfigurationException>(() => Load(section)).Mistakes).ToString();
        Assert.StartsWith("$.mqtt.tls" + begins, mistake, StringComparison.Ordinal);
        Assert.EndsWith(ends, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Tls_on_a_connection_that_is_not_encrypted_is_a_mistake()
    {
        var mistake = Assert.Single(Assert.Throws<ConfigurationException>(() => Load(Right, "mqtt://h")).Mistakes).ToString();
        Assert.Equal("$.mqtt.tls: is given for mqtt://h:1883, which is not encrypted; allowed with mqtts:// alone", mistake);
    }

    [Theory]
    [InlineData("gopher://h", "$.mqtt.endpoint: is \"gopher://h\"; allowed: mqtt://HOST[:PORT] and mqtts://HOST[:PORT]")]
    [InlineData("wss://h", "$.mqtt.endpoint: is \"wss://h\"; allowed: mqtt://HOST[:PORT] and mqtts://HOST[:PORT] (this agent is built without WebSockets)")]
    public void An_endpoint_that_the_agent_cannot_reach_is_a_mistake(string endpoint, string expected) =>
        Assert.Equal(expected, Assert.Single(Assert.Throws<ConfigurationException>(() => Load(null, endpoint)).Mistakes).ToString());

    [Fact]
    public void The_environment_reaches_the_section_and_a_mistake_names_the_variable()
    {
        Assert.NotNull(Load(null, environment: ("IOT_EDGE_MQTT__TLS__AUTHORITIES", "ca.pem")).Tls!.Authorities);
        var exception = Assert.Throws<ConfigurationException>(() => Load(null, environment: ("IOT_EDGE_MQTT__TLS__AUTHORITIES", "gone.pem")));
        Assert.Contains("IOT_EDGE_MQTT__TLS__AUTHORITIES: $.mqtt.tls.authorities: is \"gone.pem\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_left_alone_for_whom_the_broker_does_not_matter()
    {
        File.Delete(Path.Combine(_directory.Path, "client.key"));
        Assert.Null(Load(Right, opensCertificates: false).Tls);
        Assert.Throws<ConfigurationException>(() => Load(Right));
    }

    [Fact]
    public void Another_certificate_under_the_same_name_is_another_configuration()
    {
        var first = Load(Right);
        Assert.Equal(first.Text, Load(Right).Text);
        using var renewed = new TestCertificates();
        renewed.WriteClientTo(_directory.Path);
        Assert.NotEqual(first.Text, Load(Right).Text);
    }

    [Fact]
    public async Task Authorities_that_have_all_expired_are_no_mistake_but_a_warning()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var from = DateTimeOffset.UtcNow.AddDays(-2);
        using var expired = new CertificateRequest("CN=Old Authority", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, from.AddDays(1));
        await WriteAsync("old.pem", expired.ExportCertificatePem());
        await WriteAsync("both.pem", expired.ExportCertificatePem() + "\n" + _certificates.Authority.ExportCertificatePem());
        var log = new RecordingLog();
        Load("\"authorities\": \"both.pem\"").Tls!.ToOptions(log, TimeProvider.System);
        Load("\"authorities\": \"old.pem\"").Tls!.ToOptions(log, TimeProvider.System);
        Assert.StartsWith("By this machine's clock the certificate CN=Old Authority expired at ", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_directory.Path, file), text);

    private EdgeConfiguration Load(string? tls, string endpoint = "mqtts://h", (string Name, string Value)? environment = null, bool opensCertificates = true)
    {
        var section = tls is null ? "" : $$""", "tls": { {{tls}} }""";
        var path = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(path, $$"""
            { "site": "s", "gateway": "g", "state": ".", "board": { "kind": "simulated-feeder" }, "mqtt": { "endpoint": "{{endpoint}}"{{section}} } }
            """);
        var variables = new Dictionary<string, string>();
        if (environment is var (name, value))
        {
            variables[name] = value;
        }

        return ConfigurationFile.Load(path, variables, opensCertificates);
    }
}
