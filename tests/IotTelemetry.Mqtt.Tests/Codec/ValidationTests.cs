using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Codec;

/// <summary>What the specification forbids, by the statement that forbids it, and the reason code it is answered with.</summary>
public sealed class ValidationTests
{
    private const MqttReasonCode Malformed = MqttReasonCode.MalformedPacket;
    private const MqttReasonCode Protocol = MqttReasonCode.ProtocolError;

    public static TheoryData<string, byte[], MqttReasonCode> Connects => new()
    {
        { "MQTT-3.1.2-1 protocol name", [0, 4, .. "MQTX"u8, 5, 2, 0, 0, 0, 0, 0], MqttReasonCode.UnsupportedProtocolVersion },
        { "MQTT-3.1.2-2 protocol level", [0, 4, .. "MQTT"u8, 6, 2, 0, 0, 0, 0, 0], MqttReasonCode.UnsupportedProtocolVersion },
        { "MQTT-3.1.2-3 reserved flag", [0, 4, .. "MQTT"u8, 5, 3, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-11 will QoS without will", [0, 4, .. "MQTT"u8, 5, 0x0A, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-12 will QoS 3", [0, 4, .. "MQTT"u8, 5, 0x1E, 0, 0, 0, 0, 0, 0, 0, 1, 97, 0, 0], Malformed },
        { "MQTT-3.1.2-13 will retain without will", [0, 4, .. "MQTT"u8, 5, 0x22, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-9 will without its fields", [0, 4, .. "MQTT"u8, 5, 0x06, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-17 user name flag without user name", [0, 4, .. "MQTT"u8, 5, 0x82, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-19 password flag without password", [0, 4, .. "MQTT"u8, 5, 0x42, 0, 0, 0, 0, 0], Malformed },
        { "MQTT-3.1.2-16 user name without its flag", [0, 4, .. "MQTT"u8, 5, 0x02, 0, 0, 0, 0, 0, 0, 1, 97], Malformed },
        { "MQTT-3.1.2-22 (3.1.1) password without user name", [0, 4, .. "MQTT"u8, 4, 0x42, 0, 0, 0, 0, 0, 1, 97], Malformed },
        { "MQTT-3.1.3-3 no client identifier", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0], Malformed },
        { "MQTT-3.1.3-4 client identifier not UTF-8", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, 0, 1, 0xFF], Malformed },
        { "MQTT-3.1.3-11 will topic not UTF-8", [0, 4, .. "MQTT"u8, 5, 6, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0, 0], Malformed },
        { "MQTT-3.1.3-12 user name not UTF-8", [0, 4, .. "MQTT"u8, 5, 0x82, 0, 0, 0, 0, 0, 0, 1, 0xC0], Malformed },
        { "MQTT-4.7.0-1 will topic with wildcard", [0, 4, .. "MQTT"u8, 5, 6, 0, 0, 0, 0, 0, 0, 0, 1, 35, 0, 0], MqttReasonCode.TopicNameInvalid },
        { "a property twice", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 6, 0x21, 0, 1, 0x21, 0, 1, 0, 0], Protocol },
        { "a property of another packet", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 3, 0x23, 0, 1, 0, 0], Malformed },
        { "an unknown property", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 2, 0x7E, 0, 0, 0], Malformed },
        { "receive maximum 0", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 3, 0x21, 0, 0, 0, 0], Protocol },
        { "maximum packet size 0", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 5, 0x27, 0, 0, 0, 0, 0, 0], Protocol },
        { "request problem information 2", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 2, 0x17, 2, 0, 0], Protocol },
        { "authentication data without method", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 4, 0x16, 0, 1, 9, 0, 0], Protocol },
        { "a property length beyond the packet", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 99, 0, 0], Malformed },
        { "a property beyond its list", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 2, 0x21, 0, 1, 0, 0], Malformed },
        { "MQTT-1.5.5-1 a property length longer than needed", [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0x80, 0, 0, 0], Malformed },
    };

    public static TheoryData<string, MqttPacketType, byte, byte[], MqttReasonCode> Others => new()
    {
        { "MQTT-3.2.2-1 CONNACK flags", MqttPacketType.ConnAck, 0, [2, 0, 0], Malformed },
        { "MQTT-3.2.2-6 session present with an error", MqttPacketType.ConnAck, 0, [1, 0x80, 0], Protocol },
        { "MQTT-3.2.2-8 CONNACK reason", MqttPacketType.ConnAck, 0, [0, 0x01, 0], Protocol },
        { "MQTT-2.2.2-1 CONNACK without property length", MqttPacketType.ConnAck, 0, [0, 0], Malformed },
        { "MQTT-3.3.2-1 PUBLISH topic not UTF-8", MqttPacketType.Publish, 0, [0, 1, 0xFF, 0], Malformed },
        { "MQTT-1.5.4-1 a surrogate in the topic", MqttPacketType.Publish, 0, [0, 3, 0xED, 0xA0, 0x80, 0], Malformed },
        { "MQTT-4.7.3-2 null in the topic", MqttPacketType.Publish, 0, [0, 1, 0, 0], Malformed },
        { "MQTT-3.3.2-2 wildcard in the topic", MqttPacketType.Publish, 0, [0, 1, (byte)'+', 0], MqttReasonCode.TopicNameInvalid },
        { "MQTT-2.2.1-3 packet identifier 0", MqttPacketType.Publish, 2, [0, 1, 97, 0, 0, 0], Protocol },
        { "MQTT-3.3.2-8 topic alias 0", MqttPacketType.Publish, 0, [0, 1, 97, 3, 0x23, 0, 0], MqttReasonCode.TopicAliasInvalid },
        { "MQTT-3.3.2-13 response topic not UTF-8", MqttPacketType.Publish, 0, [0, 1, 97, 4, 0x08, 0, 1, 0xFF], Malformed },
        { "MQTT-3.3.2-14 response topic with wildcard", MqttPacketType.Publish, 0, [0, 1, 97, 4, 0x08, 0, 1, 35], Protocol },
        { "MQTT-3.3.2-19 content type not UTF-8", MqttPacketType.Publish, 0, [0, 1, 97, 4, 0x03, 0, 1, 0xFF], Malformed },
        { "MQTT-1.5.7-1 user property value with null", MqttPacketType.Publish, 0, [0, 1, 97, 7, 0x26, 0, 1, 97, 0, 1, 0], Malformed },
        { "payload format 2", MqttPacketType.Publish, 0, [0, 1, 97, 2, 0x01, 2], Protocol },
        { "subscription identifier 0", MqttPacketType.Publish, 0, [0, 1, 97, 2, 0x0B, 0], Protocol },
        { "MQTT-3.4.2-1 PUBACK reason", MqttPacketType.PubAck, 0, [0, 1, 0x92], Protocol },
        { "MQTT-3.5.2-1 PUBREC reason", MqttPacketType.PubRec, 0, [0, 1, 0x92], Protocol },
        { "MQTT-3.6.2-1 PUBREL reason", MqttPacketType.PubRel, 2, [0, 1, 0x10], Protocol },
        { "MQTT-3.7.2-1 PUBCOMP reason", MqttPacketType.PubComp, 0, [0, 1, 0x80], Protocol },
        { "PUBACK with bytes too many", MqttPacketType.PubAck, 0, [0, 1, 0, 0, 0], Malformed },
        { "PUBACK without identifier", MqttPacketType.PubAck, 0, [0], Malformed },
        { "MQTT-3.8.3-1 filter not UTF-8", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 1, 0xFF, 0], Malformed },
        { "MQTT-3.8.3-2 SUBSCRIBE without filter", MqttPacketType.Subscribe, 2, [0, 1, 0], Protocol },
        { "MQTT-3.8.3-4 no local on a shared subscription", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 10, .. "$share/g/a"u8, 4], Protocol },
        { "MQTT-3.8.3-5 reserved option bits", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 1, 97, 0x40], Malformed },
        { "maximum QoS 3", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 1, 97, 3], Protocol },
        { "retain handling 3", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 1, 97, 0x30], Protocol },
        { "MQTT-4.7.1-1 # not last", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 3, .. "#/a"u8, 0], MqttReasonCode.TopicFilterInvalid },
        { "MQTT-4.7.1-2 + within a level", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 2, .. "a+"u8, 0], MqttReasonCode.TopicFilterInvalid },
        { "MQTT-4.7.3-1 empty filter", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 0, 0], Malformed },
        { "MQTT-4.8.2-1 share name missing", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 9, .. "$share//a"u8, 0], Protocol },
        { "MQTT-4.8.2-2 share name with wildcard", MqttPacketType.Subscribe, 2, [0, 1, 0, 0, 10, .. "$share/+/a"u8, 0], Protocol },
        { "MQTT-3.9.3-2 SUBACK reason", MqttPacketType.SubAck, 0, [0, 1, 0, 0x03], Protocol },
        { "MQTT-3.10.3-1 filter not UTF-8", MqttPacketType.Unsubscribe, 2, [0, 1, 0, 0, 1, 0xFF], Malformed },
        { "MQTT-3.10.3-2 UNSUBSCRIBE without filter", MqttPacketType.Unsubscribe, 2, [0, 1, 0], Protocol },
        { "MQTT-3.11.3-2 UNSUBACK reason", MqttPacketType.UnsubAck, 0, [0, 1, 0, 0x01], Protocol },
        { "MQTT-3.14.2-1 DISCONNECT reason", MqttPacketType.Disconnect, 0, [0x01], Protocol },
        { "MQTT-3.15.2-1 AUTH reason", MqttPacketType.Auth, 0, [0x80, 0], Protocol },
        { "AUTH without method", MqttPacketType.Auth, 0, [0x18, 0], Protocol },
    };

    public static TheoryData<string, byte[], MqttReasonCode> Headers => new()
    {
        { "packet type 0", [0x00, 0], Malformed },
        { "MQTT-2.1.3-1 reserved flags", [0x21, 0], Malformed },
        { "MQTT-3.6.1-1 PUBREL flags", [0x60, 2], Malformed },
        { "MQTT-3.8.1-1 SUBSCRIBE flags", [0x80, 2], Malformed },
        { "MQTT-3.10.1-1 UNSUBSCRIBE flags", [0xA0, 2], Malformed },
        { "MQTT-3.14.1-1 DISCONNECT flags", [0xE2, 0], Malformed },
        { "MQTT-3.15.1-1 AUTH flags", [0xF2, 0], Malformed },
        { "MQTT-3.3.1-4 QoS 3", [0x36, 0], Malformed },
        { "MQTT-3.3.1-2 DUP with QoS 0", [0x38, 0], Malformed },
        { "MQTT-1.5.5-1 overlong remaining length", [0x30, 0x81, 0x00], Malformed },
        { "remaining length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], Malformed },
        { "MQTT-3.1.2-24 too large", [0x30, 0xE9, 0x07], MqttReasonCode.PacketTooLarge },
    };

    [Theory]
    [MemberData(nameof(Connects))]
    public void A_connect_the_specification_forbids_is_refused(string statement, byte[] body, MqttReasonCode expected) =>
        Refused(statement, expected, () => MqttPacketReader.ReadConnect(body));

    [Theory]
    [MemberData(nameof(Others))]
    public void A_packet_the_specification_forbids_is_refused(string statement, MqttPacketType type, byte flags, byte[] body, MqttReasonCode expected) =>
        Refused(
            statement,
            expected,
            () => AnyPacket.Read(new MqttFixedHeader((byte)(((int)type << 4) | flags), 2, body.Length), body, MqttProtocolVersion.V500));

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_fixed_header_the_specification_forbids_is_refused(string statement, byte[] bytes, MqttReasonCode expected) =>
        Refused(statement, expected, () => MqttPacketReader.TryReadHeader(bytes, 1000, out _));

    [Fact]
    public void A_byte_order_mark_is_kept_as_a_character()
    {
        byte[] body = [0, 4, 0xEF, 0xBB, 0xBF, 97, 0];
        var packet = MqttPacketReader.ReadPublish(new MqttFixedHeader(0x30, 2, body.Length), body, MqttProtocolVersion.V500);
        Assert.Equal("\uFEFFa", new MqttReceivedMessage(packet, null, 0).Topic);
    }

    [Fact]
    public void An_omitted_reason_code_means_success()
    {
        Assert.Equal(MqttReasonCode.Success, MqttPacketReader.ReadAck(MqttPacketType.PubAck, new byte[] { 0, 1 }, MqttProtocolVersion.V500).ReasonCode);
        Assert.Equal(MqttReasonCode.Success, MqttPacketReader.ReadDisconnect(default, MqttProtocolVersion.V500).ReasonCode);
        Assert.Equal(MqttReasonCode.Success, MqttPacketReader.ReadAuth(default).ReasonCode);
    }

    [Theory]
    [InlineData(MqttReasonCode.Success, 0)]
    [InlineData(MqttReasonCode.UnsupportedProtocolVersion, 1)]
    [InlineData(MqttReasonCode.ClientIdentifierNotValid, 2)]
    [InlineData(MqttReasonCode.ServerUnavailable, 3)]
    [InlineData(MqttReasonCode.BadUserNameOrPassword, 4)]
    [InlineData(MqttReasonCode.NotAuthorized, 5)]
    public void Return_codes_of_3_1_1_have_reason_codes(MqttReasonCode reason, byte returnCode)
    {
        Assert.Equal(reason, MqttPacketReader.ReadConnAck(new byte[] { 0, returnCode }, MqttProtocolVersion.V311).ReasonCode);
        Assert.Equal(returnCode, MqttReasonCodeRules.ToReturnCode(reason));
    }

    private static void Refused(string statement, MqttReasonCode expected, Action read)
    {
        var exception = Assert.Throws<MqttProtocolException>(read);
        Assert.True(expected == exception.Reason, $"{statement}: {exception.Reason}, {exception.Message}");
    }
}
