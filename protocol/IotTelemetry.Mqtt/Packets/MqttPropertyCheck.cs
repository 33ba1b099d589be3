namespace IotTelemetry.Mqtt.Packets;

/// <summary>Checks a property list: known identifiers, allowed in this place, not repeated, values in range (MQTT 5.0 section 2.2.2).</summary>
internal static class MqttPropertyCheck
{
    /// <summary>Returns one bit per property that occurs.</summary>
    /// <exception cref="MqttProtocolException">The list breaks a rule.</exception>
    public static ulong Check(ReadOnlyMemory<byte> encoded, MqttPropertyUse use)
    {
        var cursor = new PacketCursor(encoded);
        var present = 0UL;
        while (cursor.Remaining > 0)
        {
            var raw = cursor.ReadByte();
            var kind = MqttPropertyRules.KindOf(raw);
            var id = (MqttPropertyId)raw;
            if (kind == MqttPropertyKind.Unknown || !MqttPropertyRules.IsAllowed(id, use))
            {
                throw MqttProtocolException.Malformed($"Property 0x{raw:X2} is not valid in {use} (section 2.2.2.2)");
            }

            var bit = MqttPropertyRules.Bit(id);
            if ((present & bit) != 0 && !MqttPropertyRules.MayRepeat(id, use))
            {
                throw MqttProtocolException.Protocol($"Property {id} occurs more than once in {use} (section 2.2.2.2)");
            }

            present |= bit;
            CheckValue(ref cursor, id, kind);
        }

        if ((present & MqttPropertyRules.Bit(MqttPropertyId.AuthenticationData)) != 0
            && (present & MqttPropertyRules.Bit(MqttPropertyId.AuthenticationMethod)) == 0)
        {
            throw MqttProtocolException.Protocol("Authentication data without an authentication method (section 3.1.2.11.10)");
        }

        return present;
    }

    private static void CheckValue(ref PacketCursor cursor, MqttPropertyId id, MqttPropertyKind kind)
    {
        switch (kind)
        {
            case MqttPropertyKind.Byte:
                if (cursor.ReadByte() > 1)
                {
                    throw MqttProtocolException.Protocol($"{id} must be 0 or 1");
                }

                break;
            case MqttPropertyKind.TwoByteInteger:
                CheckTwoByte(cursor.ReadUInt16(), id);
                break;
            case MqttPropertyKind.FourByteInteger:
                if (cursor.ReadUInt32() == 0 && id == MqttPropertyId.MaximumPacketSize)
                {
                    throw MqttProtocolException.Protocol("Maximum Packet Size must not be 0 (section 3.1.2.11.4)");
                }

                break;
            case MqttPropertyKind.VariableByteInteger:
                if (cursor.ReadVariableByteInteger() == 0)
                {
                    throw MqttProtocolException.Protocol("A subscription identifier must not be 0 (section 3.8.2.1.2)");
                }

                break;
            case MqttPropertyKind.Utf8String:
                var text = cursor.ReadUtf8();
                if (id == MqttPropertyId.ResponseTopic && !MqttTopicFilter.IsValidTopicName(text.Span))
                {
                    throw MqttProtocolException.Protocol("[MQTT-3.3.2-14] a response topic must be a topic name without wildcards");
                }

                break;
            case MqttPropertyKind.BinaryData:
                cursor.ReadBinary();
                break;
            default:
                cursor.ReadUtf8();
                cursor.ReadUtf8();
                break;
        }
    }

    private static void CheckTwoByte(ushort value, MqttPropertyId id)
    {
        if (value != 0)
        {
            return;
        }

        switch (id)
        {
            case MqttPropertyId.TopicAlias:
                throw new MqttProtocolException(MqttReasonCode.TopicAliasInvalid, "[MQTT-3.3.2-8] a topic alias must not be 0");
            case MqttPropertyId.ReceiveMaximum:
                throw MqttProtocolException.Protocol("Receive Maximum must not be 0 (section 3.1.2.11.3)");
            default:
                return;
        }
    }
}
