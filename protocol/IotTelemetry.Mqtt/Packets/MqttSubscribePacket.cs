namespace IotTelemetry.Mqtt.Packets;

/// <summary>SUBSCRIBE (MQTT 5.0 section 3.8).</summary>
public readonly record struct MqttSubscribePacket(ushort PacketId, MqttProperties Properties, IReadOnlyList<MqttSubscriptionRequest> Subscriptions);
