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
        foreach (var authority in Authorities ?? [])
        {
            TlsLog.WarnIfExpired(log, authority, time);
        }

        return new MqttTlsOptions
        {
            TrustedAuthorities = Authorities,
            ClientCertificate = Certificate is { } certificate ? () => certificate.Renewed(log, time) : null,
            TargetHost = ServerName,
        };
    }
}
