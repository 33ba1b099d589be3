using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>
/// Writes packets, for clients and servers, MQTT 5.0 and 3.1.1; properties are left out in 3.1.1. Thread-safe (no state); allocates nothing.
/// What the caller passes must be valid (topic names, string lengths); the packet's size is the caller's to check against the peer's maximum.
/// </summary>
public static partial class MqttPacketWriter
{
    /// <summary>Writes PINGREQ.</summary>
    public static void WritePingReq(IBufferWriter<byte> output) => WriteEmpty(output, MqttPacketType.PingReq);

    /// <summary>Writes PINGRESP.</summary>
    public static void WritePingResp(IBufferWriter<byte> output) => WriteEmpty(output, MqttPacketType.PingResp);

    private static void WriteEmpty(IBufferWriter<byte> output, MqttPacketType type)
    {
        var span = output.GetSpan(2);
        span[0] = (byte)((int)type << 4);
        span[1] = 0;
        output.Advance(2);
    }

    /// <summary>Opens a packet: reserves its whole length and writes the fixed header.</summary>
    private static PacketPen Begin(IBufferWriter<byte> output, MqttPacketType type, int flags, int bodyLength)
    {
        if (bodyLength > VariableByteInteger.Maximum)
        {
            throw new ArgumentException($"A packet has at most {VariableByteInteger.Maximum} bytes after its fixed header, this one {bodyLength}.");
        }

        var size = 1 + VariableByteInteger.LengthOf((uint)bodyLength) + bodyLength;
        var pen = new PacketPen(output.GetSpan(size));
        pen.Byte((byte)(((int)type << 4) | flags));
        pen.VariableByteInteger((uint)bodyLength);
        return pen;
    }

    /// <summary>The bytes a property list takes with its length, in this version.</summary>
    private static int SizeOf(in MqttProperties properties, MqttProtocolVersion version) =>
        version == MqttProtocolVersion.V311 ? 0 : VariableByteInteger.LengthOf((uint)properties.Encoded.Length) + properties.Encoded.Length;
}
