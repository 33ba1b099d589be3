namespace IotTelemetry.Mqtt;

/// <summary>What a TLS connection failed by.</summary>
public enum MqttTlsFailure
{
    /// <summary>The server's certificate comes from no trusted authority, or an intermediate certificate is missing between the two.</summary>
    UntrustedAuthority,

    /// <summary>The server's certificate is for another name.</summary>
    NameMismatch,

    /// <summary>The server's certificate, or one it comes from, is expired or not valid yet by this machine's clock.</summary>
    NotTimeValid,

    /// <summary>The server's certificate cannot be used for another reason.</summary>
    ServerCertificate,

    /// <summary>The server refuses the client's certificate, or demands one and gets none.</summary>
    ClientCertificate,

    /// <summary>The two found no common TLS; perhaps the server speaks none at that port.</summary>
    Handshake,
}
