namespace IotTelemetry.Mqtt.Packets;

/// <summary>AUTH (MQTT 5.0 section 3.15).</summary>
public readonly record struct MqttAuthPacket(MqttReasonCode ReasonCode, MqttProperties Properties);
