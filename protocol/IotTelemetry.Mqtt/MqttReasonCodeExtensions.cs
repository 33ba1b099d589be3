namespace IotTelemetry.Mqtt;

/// <summary>Questions asked of a reason code.</summary>
public static class MqttReasonCodeExtensions
{
    /// <summary>True from 0x80 up: the operation failed (MQTT 5.0 section 2.4).</summary>
    public static bool IsError(this MqttReasonCode reason) => (byte)reason >= 0x80;
}
