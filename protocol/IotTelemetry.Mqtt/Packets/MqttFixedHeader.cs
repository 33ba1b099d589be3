namespace IotTelemetry.Mqtt.Packets;

/// <summary>The fixed header every packet begins with (MQTT 5.0 section 2.1.1).</summary>
/// <param name="FirstByte">Packet type and flags.</param>
/// <param name="HeaderLength">Bytes the fixed header itself takes, 2 to 5.</param>
/// <param name="BodyLength">The remaining length: bytes that follow the fixed header, 0 to 268,435,455.</param>
public readonly record struct MqttFixedHeader(byte FirstByte, int HeaderLength, int BodyLength)
{
    /// <summary>The packet type.</summary>
    public MqttPacketType Type => (MqttPacketType)(FirstByte >> 4);

    /// <summary>The low four bits of the first byte.</summary>
    public byte Flags => (byte)(FirstByte & 0x0F);

    /// <summary>Bytes of the whole packet.</summary>
    public int PacketLength => HeaderLength + BodyLength;
}
