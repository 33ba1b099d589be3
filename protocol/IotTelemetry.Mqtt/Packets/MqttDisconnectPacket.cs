namespace IotTelemetry.Mqtt.Packets;

/// <summary>DISCONNECT (MQTT 5.0 section 3.14).</summary>
public readonly record struct MqttDisconnectPacket(MqttReasonCode ReasonCode, MqttProperties Properties);
