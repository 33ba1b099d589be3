namespace IotTelemetry.Mqtt.Packets;

public static partial class MqttPacketReader
{
    /// <summary>Reads the body of CONNECT.</summary>
    /// <exception cref="MqttProtocolException">
    /// The body is malformed; with reason <see cref="MqttReasonCode.UnsupportedProtocolVersion"/> if it speaks another version.
    /// </exception>
    public static MqttConnectPacket ReadConnect(ReadOnlyMemory<byte> body)
    {
        var cursor = new PacketCursor(body);
        if (!cursor.ReadUtf8().Span.SequenceEqual("MQTT"u8))
        {
            throw new MqttProtocolException(MqttReasonCode.UnsupportedProtocolVersion, "[MQTT-3.1.2-1] the protocol name must be MQTT");
        }

        var version = (MqttProtocolVersion)cursor.ReadByte();
        if (version is not (MqttProtocolVersion.V311 or MqttProtocolVersion.V500))
        {
            throw new MqttProtocolException(
                MqttReasonCode.UnsupportedProtocolVersion,
                $"[MQTT-3.1.2-2] protocol level {(byte)version} is not supported, only 4 (3.1.1) and 5 (5.0)");
        }

        var flags = cursor.ReadByte();
        CheckConnectFlags(flags, version);
        var keepAlive = cursor.ReadUInt16();
        var isV5 = version == MqttProtocolVersion.V500;
        var properties = isV5 ? cursor.ReadProperties(MqttPropertyUse.Connect) : default;
        var clientId = cursor.ReadUtf8();
        MqttWillPacket? will = null;
        if ((flags & ConnectFlags.Will) != 0)
        {
            will = ReadWill(ref cursor, flags, isV5);
        }

        ReadOnlyMemory<byte>? userName = (flags & ConnectFlags.UserName) != 0 ? cursor.ReadUtf8() : null;
        ReadOnlyMemory<byte>? password = (flags & ConnectFlags.Password) != 0 ? cursor.ReadBinary() : null;
        cursor.ExpectEnd("CONNECT");
        return new MqttConnectPacket
        {
            ProtocolVersion = version,
            CleanStart = (flags & ConnectFlags.CleanStart) != 0,
            KeepAliveSeconds = keepAlive,
            ClientId = clientId,
            Properties = properties,
            Will = will,
            UserName = userName,
            Password = password,
        };
    }

    /// <summary>Reads the body of CONNACK. A 3.1.1 return code is translated to the reason code of the same meaning.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttConnAckPacket ReadConnAck(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        var flags = cursor.ReadByte();
        if ((flags & 0xFE) != 0)
        {
            throw MqttProtocolException.Malformed("[MQTT-3.2.2-1] bits 7 to 1 of the CONNACK flags must be 0");
        }

        var raw = cursor.ReadByte();
        MqttReasonCode reason;
        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V500)
        {
            reason = MqttReasonCodeRules.Check(raw, MqttPacketType.ConnAck);
            properties = cursor.ReadProperties(MqttPropertyUse.ConnAck);
        }
        else
        {
            reason = MqttReasonCodeRules.FromReturnCode(raw);
        }

        cursor.ExpectEnd("CONNACK");
        var sessionPresent = flags == 1;
        if (sessionPresent && reason != MqttReasonCode.Success)
        {
            throw MqttProtocolException.Protocol("[MQTT-3.2.2-6] Session Present must be 0 when the connection is refused");
        }

        return new MqttConnAckPacket(sessionPresent, reason, properties);
    }

    /// <summary>Reads the body of DISCONNECT.</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttDisconnectPacket ReadDisconnect(ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        var cursor = new PacketCursor(body);
        if (version == MqttProtocolVersion.V311 || body.Length == 0)
        {
            cursor.ExpectEnd("DISCONNECT");
            return default;
        }

        var reason = MqttReasonCodeRules.Check(cursor.ReadByte(), MqttPacketType.Disconnect);
        var properties = cursor.Remaining > 0 ? cursor.ReadProperties(MqttPropertyUse.Disconnect) : default;
        cursor.ExpectEnd("DISCONNECT");
        return new MqttDisconnectPacket(reason, properties);
    }

    /// <summary>Reads the body of AUTH (MQTT 5.0 only).</summary>
    /// <exception cref="MqttProtocolException">The body is malformed.</exception>
    public static MqttAuthPacket ReadAuth(ReadOnlyMemory<byte> body)
    {
        var cursor = new PacketCursor(body);
        if (body.Length == 0)
        {
            return default;
        }

        var reason = MqttReasonCodeRules.Check(cursor.ReadByte(), MqttPacketType.Auth);
        var properties = cursor.Remaining > 0 ? cursor.ReadProperties(MqttPropertyUse.Auth) : default;
        cursor.ExpectEnd("AUTH");
        if (reason != MqttReasonCode.Success && !properties.Has(MqttPropertyId.AuthenticationMethod))
        {
            throw MqttProtocolException.Protocol("AUTH has no authentication method (section 3.15.2.2.2)");
        }

        return new MqttAuthPacket(reason, properties);
    }

    private static void CheckConnectFlags(byte flags, MqttProtocolVersion version)
    {
        if ((flags & ConnectFlags.Reserved) != 0)
        {
            throw MqttProtocolException.Malformed("[MQTT-3.1.2-3] the reserved CONNECT flag must be 0");
        }

        var qos = (flags >> ConnectFlags.WillQoSShift) & 3;
        if (qos == 3)
        {
            throw MqttProtocolException.Malformed("[MQTT-3.1.2-12] the will QoS must be 0, 1 or 2");
        }

        if ((flags & ConnectFlags.Will) == 0 && (qos != 0 || (flags & ConnectFlags.WillRetain) != 0))
        {
            throw MqttProtocolException.Malformed("[MQTT-3.1.2-11], [MQTT-3.1.2-13] without a will, will QoS and will retain must be 0");
        }

        if (version == MqttProtocolVersion.V311 && (flags & (ConnectFlags.UserName | ConnectFlags.Password)) == ConnectFlags.Password)
        {
            throw MqttProtocolException.Malformed("[MQTT-3.1.2-22] (3.1.1) a password needs a user name");
        }
    }

    private static MqttWillPacket ReadWill(ref PacketCursor cursor, byte flags, bool isV5)
    {
        var properties = isV5 ? cursor.ReadProperties(MqttPropertyUse.Will) : default;
        var topic = cursor.ReadUtf8();
        CheckTopicName(topic.Span);
        return new MqttWillPacket
        {
            Topic = topic,
            Payload = cursor.ReadBinary(),
            QualityOfService = (MqttQualityOfService)((flags >> ConnectFlags.WillQoSShift) & 3),
            Retain = (flags & ConnectFlags.WillRetain) != 0,
            Properties = properties,
        };
    }
}
