using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Cloud.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IotTelemetry.Cloud.Door;

/// <summary>The door for other machines: TLS, a password from everybody, and nothing else of the service behind it.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Certificate">With its private key.</param>
/// <param name="Chain">The authorities between it and the root, as the file has them.</param>
internal sealed record DoorTls(IPEndPoint Address, X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads a certificate and its key.</summary>
    /// <exception cref="OptionException">The files do not hold them.</exception>
    public static DoorTls Read(IPEndPoint address, string certificateFile, string keyFile)
    {
        try
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificateFile);
            return new DoorTls(address, X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), chain);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionException("--certificate", $"{certificateFile}, {keyFile}", $"allowed are PEM files of a certificate and its private key: {e.Message}");
        }
    }

    /// <summary>Listens.</summary>
    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> listening) => kestrel.Listen(Address, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = Certificate;
            https.ServerCertificateChain = Chain;
        });
        listening(listen);
    });
}
