namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketReader
{
    /// <summary>Reads the body of SUBSCRIBE.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttSubscribePacket ReadSubscribe(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var packetId = cursor.ReadPacketId();
        var isV5 = version == MqttProtocolVersion.V500;
        var properties = isV5 ? cursor.ReadProperties(MqttPropertyUse.Subscribe) : default;
        if (cursor.Remaining == 0)
        {
            throw MqttProtocolException.Protocol("[MQTT-3.8.3-2] SUBSCRIBE has no topic filter");
        }

        var subscriptions = new List<MqttSubscriptionRequest>();
        while (cursor.Remaining > 0)
        {
            var filter = ReadFilter(ref cursor);
            subscriptions.Add(ReadSubscriptionOptions(filter, cursor.ReadByte(), isV5));
        }

        return new MqttSubscribePacket(packetId, properties, subscriptions);
    }

    /// <summary>Reads the body of SUBACK.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttSubAckPacket ReadSubAck(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var packetId = cursor.ReadPacketId();
        var properties = version == MqttProtocolVersion.V500 ? cursor.ReadProperties(MqttPropertyUse.Acknowledgement) : default;
        var codes = cursor.ReadRest();
        foreach (var code in codes.Span)
        {
            if (version == MqttProtocolVersion.V500)
            {
                MqttReasonCodeRules.Check(code, MqttPacketType.SubAck);
            }
            else if (code is not (0 or 1 or 2 or 0x80))
            {
                throw MqttProtocolException.Malformed("[MQTT-3.9.3-2] (3.1.1) a SUBACK return code must be 0, 1, 2 or 0x80");
            }
        }

        return new MqttSubAckPacket(packetId, properties, codes);
    }

    /// <summary>Reads the body of UNSUBSCRIBE.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttUnsubscribePacket ReadUnsubscribe(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var packetId = cursor.ReadPacketId();
        var properties = version == MqttProtocolVersion.V500 ? cursor.ReadProperties(MqttPropertyUse.Unsubscribe) : default;
        if (cursor.Remaining == 0)
        {
            throw MqttProtocolException.Protocol("[MQTT-3.10.3-2] UNSUBSCRIBE has no topic filter");
        }

        var filters = new List<ReadOnlyMemory<byte>>();
        while (cursor.Remaining > 0)
        {
            filters.Add(ReadFilter(ref cursor));
        }

        return new MqttUnsubscribePacket(packetId, properties, filters);
    }

    /// <summary>Reads the body of UNSUBACK.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttSubAckPacket ReadUnsubAck(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var packetId = cursor.ReadPacketId();
        if (version == MqttProtocolVersion.V311)
        {
            cursor.ExpectEnd("UNSUBACK");
            return new MqttSubAckPacket(packetId, default, default);
        }

        var properties = cursor.ReadProperties(MqttPropertyUse.Acknowledgement);
        var codes = cursor.ReadRest();
        foreach (var code in codes.Span)
        {
            MqttReasonCodeRules.Check(code, MqttPacketType.UnsubAck);
        }

        return new MqttSubAckPacket(packetId, properties, codes);
    }

    private static ReadOnlyMemory<byte> ReadFilter(ref PacketCursor cursor)
    {
        var filter = cursor.ReadUtf8();
        if (MqttTopicFilter.IsValidFilter(filter.Span))
        {
            return filter;
        }

        if (filter.Span.StartsWith("$share/"u8))
        {
            throw MqttProtocolException.Protocol("[MQTT-4.8.2-1], [MQTT-4.8.2-2] a shared filter is $share/group/filter, the group without wildcards");
        }

        throw filter.Length == 0
            ? MqttProtocolException.Malformed("[MQTT-4.7.3-1] a topic filter has at least one character")
            : new MqttProtocolException(MqttReasonCode.TopicFilterInvalid, "[MQTT-4.7.1-1], [MQTT-4.7.1-2] misplaced wildcard in a topic filter");
    }

    private static MqttSubscriptionRequest ReadSubscriptionOptions(ReadOnlyMemory<byte> filter, byte options, bool isV5)
    {
        var reserved = isV5 ? 0xC0 : 0xFC;
        if ((options & reserved) != 0)
        {
            throw MqttProtocolException.Malformed("[MQTT-3.8.3-5] reserved bits of the subscription options must be 0");
        }

        var qos = options & 3;
        var retainHandling = (options >> 4) & 3;
        if (qos == 3 || retainHandling == 3)
        {
            throw MqttProtocolException.Protocol("Maximum QoS and Retain Handling must not be 3 (section 3.8.3.1)");
        }

        var noLocal = (options & 0x04) != 0;
        if (noLocal && filter.Span.StartsWith("$share/"u8))
        {
            throw MqttProtocolException.Protocol("[MQTT-3.8.3-4] No Local must not be set on a shared subscription");
        }

        return new MqttSubscriptionRequest(filter, (MqttQualityOfService)qos, noLocal, (options & 0x08) != 0, (MqttRetainHandling)retainHandling);
    }
}
