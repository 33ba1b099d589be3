using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tls;

/// <summary>
/// The device's certificate and key, as their files have them at each connection: a renewed one is used without a restart. While the files are broken (or one of the two is still the old one) what was read before
/// stays. For one connection at a time.
/// </summary>
/// <param name="certificateFile">The device's certificate, then its intermediates.</param>
/// <param name="keyFile">Its private key.</param>
/// <param name="texts">What the two files held.</param>
/// <param name="identity">What that meant.</param>
internal sealed class DeviceCertificate(string certificateFile, string keyFile, (string Certificate, string Key) texts, SslStreamCertificateContext identity)
{
    private (string Certificate, string Key) _texts = texts;
    private SslStreamCertificateContext _identity = identity;
    private bool _isTold;
    private string? _problem;

    /// <summary>Reads the files again and tells what has changed.</summary>
    public SslStreamCertificateContext Renewed(ILogger log, TimeProvider time)
    {
        var reading = certificateFile;
        try
        {
            var found = (Certificate: File.ReadAllText(certificateFile), Key: File.ReadAllText(keyFile));
            if (found != _texts)
            {
                var certificates = PemFile.Certificates(found.Certificate);
                reading = keyFile;
                _identity = PemFile.Identity(certificates, found.Key);
                _texts = found;
                _isTold = false;
            }

            if (!_isTold && !OperatingSystem.IsWindows() && File.GetUnixFileMode(keyFile).HasFlag(UnixFileMode.OtherRead))
            {
                TlsLog.KeyOpenToAll(log, keyFile);
            }

            _problem = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            var problem = exception is FormatException ? $"{reading} {exception.Message}" : exception.Message;
            if (problem != _problem)
            {
                _problem = problem;
                TlsLog.OldCertificateKept(log, problem);
            }
        }

        if (!_isTold)
        {
            _isTold = true;
            TlsLog.Shown(log, _identity.TargetCertificate, time);
        }

        return _identity;
    }
}
