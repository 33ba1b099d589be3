using IotTelemetry.Mqtt;

namespace IotTelemetry.Edge.Tls;

/// <summary>What a person can do about a TLS connection that failed, in the words of the configuration.</summary>
internal static class TlsAdvice
{
    public static string For(MqttTlsFailure failure, TlsFiles tls) => failure switch
    {
        MqttTlsFailure.UntrustedAuthority when tls.Authorities is null =>
            "Give the broker's authority as mqtt.tls.authorities, or add it to this machine's (update-ca-certificates); the broker has to send its intermediates.",
        MqttTlsFailure.UntrustedAuthority => "See that mqtt.tls.authorities has the root of the broker's certificate, and that the broker sends its intermediates.",
        MqttTlsFailure.NameMismatch => "If it is the right broker, give one of these names as mqtt.tls.serverName.",
        MqttTlsFailure.NotTimeValid => "The broker needs a renewed certificate, or this machine's clock has to be set.",
        MqttTlsFailure.ServerCertificate => "The broker needs another certificate.",
        MqttTlsFailure.ClientCertificate when tls.Certificate is null => "Give this device's certificate and key as mqtt.tls.certificate and mqtt.tls.key.",
        MqttTlsFailure.ClientCertificate => "See that the broker trusts the authority of mqtt.tls.certificate, that it is valid, and that its intermediates stand behind it in the file.",
        _ => "See that mqtt.endpoint names the broker's port for TLS.",
    };
}
