using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IotTelemetry.Mqtt;

/// <summary>How a secure connection proves who it talks to, and who it is.</summary>
public sealed record MqttTlsOptions
{
    /// <summary>
    /// The only certificate authorities a server certificate may come from (pinning). Null trusts the machine's store.
    /// </summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>
    /// Gives the client certificate with its private key and intermediates. Asked at each connection, so a renewed certificate is used without a restart.
    /// </summary>
    public Func<SslStreamCertificateContext?>? ClientCertificate { get; init; }

    /// <summary>The name the server certificate must carry; null takes the endpoint's host.</summary>
    public string? TargetHost { get; init; }

    /// <summary>What a person can do about a failure, in the words of the program's own configuration; it ends the message of <see cref="MqttConnectException"/>.</summary>
    public Func<MqttTlsFailure, string>? Advice { get; init; }

    /// <summary>Protocol versions allowed; the default leaves the choice to the operating system.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>Whether revocation is checked. Devices behind closed networks usually cannot.</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;
}
