using IotTelemetry.Edge.Tls;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Edge.Tests.Tls;

public sealed class DeviceCertificateTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("client.pem")]
    [InlineData("client.key")]
    public void A_file_that_is_gone_at_the_first_connection_leaves_what_the_start_has_read(string gone)
    {
        _certificates.WriteClientTo(_directory.Path);
        var (certificate, key) = (Path.Combine(_directory.Path, "client.pem"), Path.Combine(_directory.Path, "client.key"));
        (string Certificate, string Key) texts = (File.ReadAllText(certificate), File.ReadAllText(key));
        var read = new DeviceCertificate(certificate, key, texts, PemFile.Identity(PemFile.Certificates(texts.Certificate), texts.Key));
        File.Delete(Path.Combine(_directory.Path, gone));
        var log = new RecordingLog();
        for (var connection = 0; connection < 2; connection++)
        {
            Assert.Equal(_certificates.Client.Thumbprint, read.Renewed(log, TimeProvider.System).TargetCertificate.Thumbprint);
        }

        Assert.Single(log.Lines, l => l.Contains("the one before stays", StringComparison.Ordinal));
    }
}
