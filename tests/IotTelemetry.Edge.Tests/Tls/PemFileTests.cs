using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Edge.Tls;

namespace IotTelemetry.Edge.Tests.Tls;

public sealed class PemFileTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public void Keys_are_read_in_each_of_their_forms_also_beside_the_certificate()
    {
        using var rsa = RSA.Create(2048);
        using var rsaCertificate = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var curveCertificate = new CertificateRequest("CN=curve", curve, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        (X509Certificate2 Certificate, string Key)[] forms =
        [
            (rsaCertificate, rsa.ExportPkcs8PrivateKeyPem()),
            (rsaCertificate, rsa.ExportRSAPrivateKeyPem()),
            (curveCertificate, curve.ExportPkcs8PrivateKeyPem()),
            (curveCertificate, curve.ExportECPrivateKeyPem()),
            (curveCertificate, curveCertificate.ExportCertificatePem() + "\n" + curve.ExportECPrivateKeyPem()),
        ];

        Assert.All(forms, form =>
        {
            var identity = PemFile.Identity(PemFile.Certificates(form.Certificate.ExportCertificatePem()), form.Key);
            Assert.Equal((form.Certificate.Thumbprint, true), (identity.TargetCertificate.Thumbprint, identity.TargetCertificate.HasPrivateKey));
        });
    }

    [Fact]
    public void Intermediates_behind_the_certificate_go_with_it_and_the_root_stays()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=root", rootKey).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("CN=middle", middleKey).Create(root, Now.AddDays(-1), Now.AddHours(12), [2]);
        using var middleWithKey = middle.CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=device", key, HashAlgorithmName.SHA256).Create(middleWithKey, Now.AddDays(-1), Now.AddHours(6), [3]);

        var file = string.Join('\n', certificate.ExportCertificatePem(), middle.ExportCertificatePem(), root.ExportCertificatePem());
        var identity = PemFile.Identity(PemFile.Certificates(file), key.ExportPkcs8PrivateKeyPem());

        Assert.Equal("CN=device", identity.TargetCertificate.Subject);
        Assert.Equal("CN=middle", Assert.Single(identity.IntermediateCertificates).Subject);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }
}
