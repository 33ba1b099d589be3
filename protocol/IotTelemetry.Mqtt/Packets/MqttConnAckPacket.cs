namespace IotTelemetry.Mqtt.Packets;

/// <summary>CONNACK (MQTT 5.0 section 3.2).</summary>
public readonly record struct MqttConnAckPacket(bool SessionPresent, MqttReasonCode ReasonCode, MqttProperties Properties);
