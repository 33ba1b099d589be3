using System.Buffers;

namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketWriter
{
    /// <summary>Writes SUBSCRIBE.</summary>
    public static void WriteSubscribe(IBufferWriter<byte> output, in MqttSubscribePacket packet, MqttProtocolVersion version)
    {
        var size = 2 + SizeOf(packet.Properties, version);
        foreach (var subscription in packet.Subscriptions)
        {
            size += 3 + subscription.Filter.Length;
        }

        var pen = Begin(output, MqttPacketType.Subscribe, 0b0010, size);
        pen.UInt16(packet.PacketId);
        pen.Properties(packet.Properties, version);
        foreach (var subscription in packet.Subscriptions)
        {
            pen.Block(subscription.Filter.Span);
            var options = (int)subscription.MaximumQualityOfService;
            if (version == MqttProtocolVersion.V500)
            {
                options |= (subscription.NoLocal ? 0x04 : 0) | (subscription.RetainAsPublished ? 0x08 : 0) | ((int)subscription.RetainHandling << 4);
            }

            pen.Byte((byte)options);
        }

        output.Advance(pen.Position);
    }

    /// <summary>Writes SUBACK. In 3.1.1 the caller passes 0, 1, 2 or 0x80.</summary>
    public static void WriteSubAck(IBufferWriter<byte> output, in MqttSubAckPacket packet, MqttProtocolVersion version)
    {
        var pen = Begin(output, MqttPacketType.SubAck, 0, 2 + SizeOf(packet.Properties, version) + packet.ReasonCodes.Length);
        pen.UInt16(packet.PacketId);
        pen.Properties(packet.Properties, version);
        pen.Bytes(packet.ReasonCodes.Span);
        output.Advance(pen.Position);
    }

    /// <summary>Writes UNSUBSCRIBE.</summary>
    public static void WriteUnsubscribe(IBufferWriter<byte> output, in MqttUnsubscribePacket packet, MqttProtocolVersion version)
    {
        var size = 2 + SizeOf(packet.Properties, version);
        foreach (var filter in packet.Filters)
        {
            size += 2 + filter.Length;
        }

        var pen = Begin(output, MqttPacketType.Unsubscribe, 0b0010, size);
        pen.UInt16(packet.PacketId);
        pen.Properties(packet.Properties, version);
        foreach (var filter in packet.Filters)
        {
            pen.Block(filter.Span);
        }

        output.Advance(pen.Position);
    }

    /// <summary>Writes UNSUBACK; in 3.1.1 without reason codes.</summary>
    public static void WriteUnsubAck(IBufferWriter<byte> output, in MqttSubAckPacket packet, MqttProtocolVersion version)
    {
        var codes = version == MqttProtocolVersion.V500 ? packet.ReasonCodes : default;
        var pen = Begin(output, MqttPacketType.UnsubAck, 0, 2 + SizeOf(packet.Properties, version) + codes.Length);
        pen.UInt16(packet.PacketId);
        pen.Properties(packet.Properties, version);
        pen.Bytes(codes.Span);
        output.Advance(pen.Position);
    }
}
