namespace IotTelemetry.Mqtt.Packets;

/// <summary>PUBLISH (MQTT 5.0 section 3.3). Memory points into the buffer it was read from.</summary>
public readonly record struct MqttPublishPacket
{
    /// <summary>The topic name as UTF-8; empty when a topic alias stands for it.</summary>
    public ReadOnlyMemory<byte> Topic { get; init; }

    /// <summary>The application's bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The properties.</summary>
    public MqttProperties Properties { get; init; }

    /// <summary>The packet identifier; 0 for QoS 0, never 0 otherwise.</summary>
    public ushort PacketId { get; init; }

    /// <summary>The quality of service.</summary>
    public MqttQualityOfService QualityOfService { get; init; }

    /// <summary>True if this may repeat an earlier attempt.</summary>
    public bool Duplicate { get; init; }

    /// <summary>The retain flag.</summary>
    public bool Retain { get; init; }
}
