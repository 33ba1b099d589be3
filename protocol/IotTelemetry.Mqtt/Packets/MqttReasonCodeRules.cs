namespace IotTelemetry.Mqtt.Packets;

/// <summary>Which reason codes a packet may carry (MQTT 5.0 table 2-6), and the return codes of a 3.1.1 CONNACK (3.1.1 table 3.1).</summary>
internal static class MqttReasonCodeRules
{
    private static readonly bool[][] Allowed = BuildAllowed();

    public static MqttReasonCode Check(byte raw, MqttPacketType packet)
    {
        if (!Allowed[(int)packet][raw])
        {
            throw MqttProtocolException.Protocol($"{packet} must not carry reason code 0x{raw:X2} (section 2.4)");
        }

        return (MqttReasonCode)raw;
    }

    public static MqttReasonCode FromReturnCode(byte raw) => raw switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => throw MqttProtocolException.Protocol($"CONNACK return code {raw} is reserved (3.1.1 section 3.2.2.3)"),
    };

    public static byte ToReturnCode(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned or MqttReasonCode.BadAuthenticationMethod => 5,
        _ => 3,
    };

    private static bool[][] BuildAllowed()
    {
        var allowed = new bool[16][];
        for (var i = 0; i < allowed.Length; i++)
        {
            allowed[i] = new bool[256];
        }

        Allow(MqttPacketType.ConnAck, 0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A,
            0x9B, 0x9C, 0x9D, 0x9F);
        Allow(MqttPacketType.PubAck, 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
        Allow(MqttPacketType.PubRec, 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
        Allow(MqttPacketType.PubRel, 0x00, 0x92);
        Allow(MqttPacketType.PubComp, 0x00, 0x92);
        Allow(MqttPacketType.SubAck, 0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2);
        Allow(MqttPacketType.UnsubAck, 0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91);
        Allow(MqttPacketType.Disconnect, 0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96,
            0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);
        Allow(MqttPacketType.Auth, 0x00, 0x18, 0x19);
        return allowed;

        void Allow(MqttPacketType packet, params ReadOnlySpan<byte> codes)
        {
            foreach (var code in codes)
            {
                allowed[(int)packet][code] = true;
            }
        }
    }
}
