namespace IotTelemetry.Mqtt;

/// <summary>
/// The peer broke the protocol. The only exception the codec throws for bad input; <see cref="Reason"/> is what DISCONNECT (or CONNACK)
/// answers before the connection is closed (MQTT 5.0 section 4.13).
/// </summary>
public sealed class MqttProtocolException : Exception
{
    /// <summary>Creates the error with the reason code to answer and what was wrong, citing the normative statement.</summary>
    public MqttProtocolException(MqttReasonCode reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>The reason code to answer.</summary>
    public MqttReasonCode Reason { get; }

    internal static MqttProtocolException Malformed(string message) => new(MqttReasonCode.MalformedPacket, message);

    internal static MqttProtocolException Protocol(string message) => new(MqttReasonCode.ProtocolError, message);
}
