namespace IotTelemetry.Mqtt.Packets;

/// <summary>UNSUBSCRIBE (MQTT 5.0 section 3.10).</summary>
public readonly record struct MqttUnsubscribePacket(ushort PacketId, MqttProperties Properties, IReadOnlyList<ReadOnlyMemory<byte>> Filters);
