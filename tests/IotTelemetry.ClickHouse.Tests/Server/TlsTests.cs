using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.ClickHouse.Tests.Server;

public sealed class TlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-clickhouse-tls-").FullName;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _server;

    public TlsTests()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=server", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(_authority, now.AddDays(-1), now.AddHours(1), [1, 2, 3]);
        _server = signed.CopyWithPrivateKey(key);
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    private string AuthorityFile => Path.Combine(_directory, "authority.pem");

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Server_with_a_certificate_of_the_private_authority_is_trusted()
    {
        await using ScriptedServer server = new(_server, ScriptedServer.Ok("1\n"));
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [server.Endpoint], CertificateAuthorityFile = AuthorityFile, MaximumAttempts = 1 });

        Assert.Equal("1\n", await engine.TextAsync("SELECT 1"));
    }

    [Fact]
    public async Task Server_with_a_certificate_of_an_unknown_authority_is_not_trusted()
    {
        await using ScriptedServer server = new(_server, ScriptedServer.Ok("1\n"));
        await using ServerEngine engine = new(new ServerEngineOptions { Endpoints = [server.Endpoint], MaximumAttempts = 1 });

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => engine.TextAsync("SELECT 1"));

        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}
