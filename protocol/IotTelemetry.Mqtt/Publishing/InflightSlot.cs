namespace IotTelemetry.Mqtt;

/// <summary>One outgoing packet identifier in use.</summary>
internal struct InflightSlot
{
    public InflightState State;

    /// <summary>Rises with each PUBLISH sent and each PUBREC received: the order of retransmission [MQTT-4.6.0-1], [MQTT-4.6.0-4].</summary>
    public long Order;

    /// <summary>Who waits for a publish; null when the caller gave up.</summary>
    public PublishOperation? Operation;

    /// <summary>The subscription a SUBSCRIBE or UNSUBSCRIBE is about.</summary>
    public MqttSubscription? Subscription;

    /// <summary>The encoded PUBLISH, rented, kept only if the session may resume.</summary>
    public byte[]? Packet;

    /// <summary>Bytes used of <see cref="Packet"/>.</summary>
    public int PacketLength;
}
