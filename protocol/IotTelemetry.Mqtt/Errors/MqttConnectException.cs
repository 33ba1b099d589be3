namespace IotTelemetry.Mqtt;

/// <summary>A connection could not be made.</summary>
public sealed class MqttConnectException : MqttClientException
{
    /// <summary>Creates the error.</summary>
    public MqttConnectException(
        string message, MqttReasonCode? reason = null, string? serverReference = null, string? reasonString = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        ServerReference = serverReference;
        ReasonString = reasonString;
    }

    /// <summary>The server's reason code, or null if it never answered.</summary>
    public MqttReasonCode? Reason { get; }

    /// <summary>Another server to use (reasons 0x9C, 0x9D), or null.</summary>
    public string? ServerReference { get; }

    /// <summary>The server's text for people, or null.</summary>
    public string? ReasonString { get; }

    /// <summary>What TLS failed by, or null if it did not.</summary>
    public MqttTlsFailure? TlsFailure { get; init; }
}
