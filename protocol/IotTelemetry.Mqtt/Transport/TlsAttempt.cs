using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>The TLS of one attempt to connect: what is demanded of the server, and in words why it failed. For one attempt at a time.</summary>
internal sealed class TlsAttempt(MqttEndpoint endpoint, MqttTlsOptions tls)
{
    /// <summary>What OpenSSL's texts of the alerts about a client's certificate have in common (RFC 8446 section 6.2): bad, unknown, expired, revoked or missing; its authority unknown; access denied.</summary>
    private static readonly string[] ClientCertificateAlerts = ["certificate", "unknown ca", "access denied"];

    private X509Certificate2? _client;
    private bool _isUnderway;
    private bool _isServerTrusted;
    private MqttTlsFailure? _failure;
    private string _problem = "";

    private string ExpectedName => tls.TargetHost ?? endpoint.Host;

    /// <summary>What the TLS stream is told.</summary>
    public SslClientAuthenticationOptions Begin()
    {
        _isUnderway = true;
        var policy = new X509ChainPolicy { RevocationMode = tls.RevocationMode };
        if (tls.TrustedAuthorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        var context = tls.ClientCertificate?.Invoke();
        _client = context?.TargetCertificate;
        return new SslClientAuthenticationOptions
        {
            TargetHost = ExpectedName,
            EnabledSslProtocols = tls.Protocols,
            CertificateChainPolicy = policy,
            ClientCertificateContext = context,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Judge(certificate, chain, errors),
        };
    }

    /// <summary>The attempt's failure in words; null when it has nothing to do with TLS.</summary>
    /// <param name="exception">What it ended with, before CONNACK.</param>
    public MqttConnectException? Explain(Exception exception)
    {
        if (_failure is { } failure)
        {
            return Failed(failure, $"{endpoint} shows a certificate that {_problem}.", exception);
        }

        if (!_isUnderway)
        {
            return null;
        }

        var cause = exception.GetBaseException().Message.TrimEnd('.');
        var client = _client is null ? "demands a client certificate, and there is none" : $"refuses the client certificate {_client.Subject}";
        if (cause.Contains("alert", StringComparison.Ordinal) && ClientCertificateAlerts.Any(alert => cause.Contains(alert, StringComparison.Ordinal)))
        {
            return Failed(MqttTlsFailure.ClientCertificate, $"{endpoint} {client}: {cause}.", exception);
        }

        // In TLS 1.3 the server looks at the client's certificate when the client's handshake is over (RFC 8446 section 4.4.2), and its alert may be overtaken by the end of the connection.
        return _isServerTrusted
            ? Failed(MqttTlsFailure.ClientCertificate, $"{endpoint} closed the connection between the TLS handshake and CONNACK, as one does that {client}: {cause}.", exception)
            : Failed(MqttTlsFailure.Handshake, $"{endpoint} cannot be reached by TLS: {cause}.", exception);
    }

    private MqttConnectException Failed(MqttTlsFailure failure, string message, Exception exception) =>
        new($"{message} {tls.Advice?.Invoke(failure)}".TrimEnd(), innerException: exception) { TlsFailure = failure };

    private bool Judge(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            _isServerTrusted = true;
            return true;
        }

        (_failure, _problem) = (shown as X509Certificate2, chain) is ({ } certificate, { ChainElements.Count: > 0 })
            ? Describe(certificate, chain)
            : (MqttTlsFailure.ServerCertificate, "is missing");
        return false;
    }

    private (MqttTlsFailure Failure, string Problem) Describe(X509Certificate2 certificate, X509Chain chain)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        if (flags == X509ChainStatusFlags.NoError)
        {
            return (MqttTlsFailure.NameMismatch, $"is for {Names(certificate)} and not for {ExpectedName}");
        }

        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            var last = chain.ChainElements[^1].Certificate;
            return (MqttTlsFailure.UntrustedAuthority, $"comes from no trusted authority: {certificate.Subject} leads to {last.Issuer} ({flags})");
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            var outdated = chain.ChainElements.First(static e => e.ChainElementStatus.Any(static s => s.Status == X509ChainStatusFlags.NotTimeValid)).Certificate;
            return (MqttTlsFailure.NotTimeValid, $"is not valid now: {outdated.Subject} is from {Utc(outdated.NotBefore)} to {Utc(outdated.NotAfter)}, and this machine's clock says {Utc(DateTime.UtcNow)}");
        }

        return (MqttTlsFailure.ServerCertificate, $"cannot be used: {certificate.Subject} ({flags})");
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(static a => a.ToString())));
        return string.Join(", ", names.DefaultIfEmpty(certificate.Subject));
    }

    private static string Utc(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
