using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tls;

/// <summary>What is said of certificates; event ids 1500 to 1519.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(1502, LogLevel.Error, "The changed certificate of this gateway cannot be used, the one before stays: {Problem}")]
    public static partial void OldCertificateKept(ILogger logger, string problem);

    [LoggerMessage(1503, LogLevel.Warning, "Every user of this machine can read the private key {KeyFile}: chmod o-r, and perhaps a new key")]
    public static partial void KeyOpenToAll(ILogger logger, string keyFile);

    /// <summary>The certificate that connections show from now on.</summary>
    public static void Shown(ILogger logger, X509Certificate2 certificate, TimeProvider time)
    {
        Identity(logger, certificate.Subject, certificate.NotAfter.ToUniversalTime());
        WarnIfExpired(logger, certificate, time);
    }

    /// <summary>A warning, not a mistake: the clock may be wrong when the agent starts.</summary>
    public static void WarnIfExpired(ILogger logger, X509Certificate2 certificate, TimeProvider time)
    {
        if (certificate.NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime)
        {
            Expired(logger, certificate.Subject, certificate.NotAfter.ToUniversalTime());
        }
    }

    [LoggerMessage(1500, LogLevel.Information, "This gateway shows the broker the certificate {Subject}, valid until {NotAfter:u}")]
    private static partial void Identity(ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(1501, LogLevel.Warning, "By this machine's clock the certificate {Subject} expired at {NotAfter:u}: renew it, or set the clock")]
    private static partial void Expired(ILogger logger, string subject, DateTime notAfter);
}
