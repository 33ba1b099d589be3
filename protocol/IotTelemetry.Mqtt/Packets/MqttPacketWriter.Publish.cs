using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketWriter
{
    /// <summary>The size of a PUBLISH packet on the wire, in bytes.</summary>
    public static long GetPublishSize(in MqttPublishPacket packet, MqttProtocolVersion version)
    {
        var body = PublishBodySize(packet, version);
        return 1 + VariableByteInteger.LengthOf((uint)Math.Min(body, VariableByteInteger.Maximum)) + body;
    }

    /// <summary>Writes PUBLISH.</summary>
    public static void WritePublish(IBufferWriter<byte> output, in MqttPublishPacket packet, MqttProtocolVersion version)
    {
        var body = PublishBodySize(packet, version);
        if (body > VariableByteInteger.Maximum)
        {
            throw new ArgumentException($"A packet has at most {VariableByteInteger.Maximum} bytes after its fixed header, this one {body}.");
        }

        var flags = ((int)packet.QualityOfService << 1) | (packet.Duplicate ? 0x08 : 0) | (packet.Retain ? 0x01 : 0);
        var pen = Begin(output, MqttPacketType.Publish, flags, (int)body);
        pen.Block(packet.Topic.Span);
        if (packet.QualityOfService != MqttQualityOfService.AtMostOnce)
        {
            pen.UInt16(packet.PacketId);
        }

        pen.Properties(packet.Properties, version);
        pen.Bytes(packet.Payload.Span);
        output.Advance(pen.Position);
    }

    /// <summary>Writes PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public static void WriteAck(IBufferWriter<byte> output, MqttPacketType type, in MqttAckPacket packet, MqttProtocolVersion version)
    {
        var hasProperties = version == MqttProtocolVersion.V500 && !packet.Properties.IsEmpty;
        var hasReason = hasProperties || (version == MqttProtocolVersion.V500 && packet.ReasonCode != MqttReasonCode.Success);
        var size = 2 + (hasReason ? 1 : 0) + (hasProperties ? SizeOf(packet.Properties, version) : 0);
        var pen = Begin(output, type, type == MqttPacketType.PubRel ? 0b0010 : 0, size);
        pen.UInt16(packet.PacketId);
        if (hasReason)
        {
            pen.Byte((byte)packet.ReasonCode);
        }

        if (hasProperties)
        {
            pen.Properties(packet.Properties, version);
        }

        output.Advance(pen.Position);
    }

    private static long PublishBodySize(in MqttPublishPacket packet, MqttProtocolVersion version) =>
        2L + packet.Topic.Length + (packet.QualityOfService == MqttQualityOfService.AtMostOnce ? 0 : 2) + SizeOf(packet.Properties, version)
        + packet.Payload.Length;
}
