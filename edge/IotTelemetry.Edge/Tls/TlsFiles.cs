using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Mqtt;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tls;

/// <summary>What <c>mqtt.tls</c> says, its files read.</summary>
internal sealed record TlsFiles
{
    /// <summary>The only authorities that the broker's certificate may come from; null for the machine's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Whom the broker sees; null for nobody.</summary>
    public DeviceCertificate? Certificate { get; init; }

    /// <summary>The name that the broker's certificate must carry; null for the endpoint's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>What the files held, without the key: when it is another, so is the configuration.</summary>
    public string Text { get; init; } = "";

    /// <summary>The same for the client, which asks for the device's certificate at each connection.</summary>
    public MqttTlsOptions ToOptions(ILogger log, TimeProvider time)
    {
        // Old ones among others are usual, where many are trusted.
        if (Authorities?.MaxBy(static a => a.NotAfter) is { } last)
        {
            TlsLog.WarnIfExpired(log, last, time);
        }

        return new MqttTlsOptions
        {
            TrustedAuthorities = Authorities,
            ClientCertificate = Certificate is { } certificate ? () => certificate.Renewed(log, time) : null,
            TargetHost = ServerName,
            Advice = failure => TlsAdvice.For(failure, this),
        };
    }
}
