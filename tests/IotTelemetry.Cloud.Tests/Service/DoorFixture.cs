using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>One running service for the tests that only ask.</summary>
public sealed class DoorFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    internal string CertificateFile => Path.Combine(_directory, "certificate.pem");

    /// <summary>
    /// Users without a name read; <c>analyst</c> (password <c>analyst's</c>) has small limits, <c>hurried</c> one second, <c>pair</c> two statements at once (no passwords); <c>ingest</c>
    /// (password <c>rows</c>) inserts.
    /// </summary>
    public async Task InitializeAsync()
    {
        string users = Path.Combine(_directory, "users.json");
        await File.WriteAllTextAsync(
            users,
            $$"""
            { "users": [
              { "name": "default", "role": "analyst" },
              { "name": "analyst", "role": "analyst", "password": "{{PasswordHash.Create("analyst's")}}",
                "limits": { "maximumMemoryBytes": 104857600, "maximumResultRows": 1000 } },
              { "name": "hurried", "role": "analyst", "limits": { "maximumSeconds": 1 } },
              { "name": "pair", "role": "analyst", "limits": { "maximumStatements": 2, "maximumWaitSeconds": 0 } },
              { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create("rows")}}" }
            ] }
            """);
        string key = Path.Combine(_directory, "key.pem");
        WriteCertificate(CertificateFile, key);
        Service = await ServiceProcess.StartAsync(
            Path.Combine(_directory, "data"), "--users", users, "--https", "127.0.0.1:0", "--certificate", CertificateFile, "--certificate-key", key);
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    // Its own authority: clients trust this one file.
    private static void WriteCertificate(string certificateFile, string keyFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=iot-cloud test", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
