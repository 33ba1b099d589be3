namespace IotTelemetry.Mqtt.Packets;

/// <summary>SUBACK or UNSUBACK (MQTT 5.0 sections 3.9 and 3.11): one reason code byte per requested filter; none in a 3.1.1 UNSUBACK.</summary>
public readonly record struct MqttSubAckPacket(ushort PacketId, MqttProperties Properties, ReadOnlyMemory<byte> ReasonCodes)
{
    /// <summary>The reason code of the filter at this position.</summary>
    public MqttReasonCode this[int index] => (MqttReasonCode)ReasonCodes.Span[index];
}
