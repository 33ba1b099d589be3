namespace IotTelemetry.Mqtt.Packets;

/// <summary>The will within a CONNECT packet (MQTT 5.0 section 3.1.2.5).</summary>
public sealed record MqttWillPacket
{
    /// <summary>The topic name as UTF-8.</summary>
    public ReadOnlyMemory<byte> Topic { get; init; }

    /// <summary>The payload, at most 65,535 bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The quality of service the will is published with.</summary>
    public MqttQualityOfService QualityOfService { get; init; }

    /// <summary>True if the will is published as a retained message.</summary>
    public bool Retain { get; init; }

    /// <summary>The will properties.</summary>
    public MqttProperties Properties { get; init; }
}
