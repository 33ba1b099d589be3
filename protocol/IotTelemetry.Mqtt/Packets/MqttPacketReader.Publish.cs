namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketReader
{
    /// <summary>Reads the body of PUBLISH. Allocates nothing.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttPublishPacket ReadPublish(MqttFixedHeader header, ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var qos = (MqttQualityOfService)((header.FirstByte >> 1) & 3);
        var topic = cursor.ReadBinary();
        if (topic.Length > 0)
        {
            CheckTopicName(topic.Span);
        }

        var packetId = qos == MqttQualityOfService.AtMostOnce ? (ushort)0 : cursor.ReadPacketId();
        var properties = version == MqttProtocolVersion.V500 ? cursor.ReadProperties(MqttPropertyUse.Publish) : default;
        if (topic.Length == 0 && !properties.Has(MqttPropertyId.TopicAlias))
        {
            throw version == MqttProtocolVersion.V500
                ? MqttProtocolException.Protocol("PUBLISH has neither a topic name nor a topic alias (section 3.3.2.1)")
                : MqttProtocolException.Malformed("[MQTT-4.7.3-1] a topic name has at least one character");
        }

        return new MqttPublishPacket
        {
            Topic = topic,
            Payload = cursor.ReadRest(),
            Properties = properties,
            PacketId = packetId,
            QualityOfService = qos,
            Duplicate = (header.FirstByte & 0x08) != 0,
            Retain = (header.FirstByte & 0x01) != 0,
        };
    }

    /// <summary>Reads the body of PUBACK, PUBREC, PUBREL or PUBCOMP. Allocates nothing.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttAckPacket ReadAck(MqttPacketType type, ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var packetId = cursor.ReadPacketId();
        var reason = MqttReasonCode.Success;
        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V500 && cursor.Remaining > 0)
        {
            reason = MqttReasonCodeRules.Check(cursor.ReadByte(), type);
            if (cursor.Remaining > 0)
            {
                properties = cursor.ReadProperties(MqttPropertyUse.Acknowledgement);
            }
        }

        if (cursor.Remaining != 0)
        {
            cursor.ExpectEnd(type.ToString());
        }

        return new MqttAckPacket(packetId, reason, properties);
    }

    private static void CheckTopicName(ReadOnlySpan<byte> topic)
    {
        if (MqttTopicFilter.IsValidTopicName(topic))
        {
            return;
        }

        if (topic.IsEmpty)
        {
            throw MqttProtocolException.Malformed("[MQTT-4.7.3-1] a topic name has at least one character");
        }

        if (topic.IndexOfAny((byte)'+', (byte)'#') >= 0)
        {
            throw new MqttProtocolException(MqttReasonCode.TopicNameInvalid, "[MQTT-3.3.2-2] a topic name must not contain wildcards");
        }

        throw MqttProtocolException.Malformed(topic.Contains((byte)0)
            ? "[MQTT-4.7.3-2] a topic name must not contain the null character"
            : "[MQTT-3.3.2-1] a topic name is not well-formed UTF-8");
    }
}
