namespace IotTelemetry.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0 sections 3.4 to 3.7).</summary>
public readonly record struct MqttAckPacket(ushort PacketId, MqttReasonCode ReasonCode, MqttProperties Properties);
