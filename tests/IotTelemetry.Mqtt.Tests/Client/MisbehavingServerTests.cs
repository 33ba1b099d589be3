using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Client;

[Collection(MeasuredAlone.Name)]
public sealed class MisbehavingServerTests : ClientFixture
{
    public static TheoryData<string, byte[], MqttReasonCode> Misdeeds => new()
    {
        { "a second CONNACK", [0x20, 3, 0, 0, 0], MqttReasonCode.ProtocolError },
        { "CONNECT", [0x10, 0], MqttReasonCode.ProtocolError },
        { "SUBSCRIBE", [0x82, 0], MqttReasonCode.ProtocolError },
        { "UNSUBSCRIBE", [0xA2, 0], MqttReasonCode.ProtocolError },
        { "PINGREQ", [0xC0, 0], MqttReasonCode.ProtocolError },
        { "packet type 0", [0x00, 0], MqttReasonCode.MalformedPacket },
        { "QoS 3", [0x36, 5, 0, 1, 97, 0, 1], MqttReasonCode.MalformedPacket },
        { "DUP with QoS 0", [0x38, 4, 0, 1, 97, 0], MqttReasonCode.MalformedPacket },
        { "packet identifier 0", [0x32, 6, 0, 1, 97, 0, 0, 0], MqttReasonCode.ProtocolError },
        { "a topic with a wildcard", [0x30, 4, 0, 1, 35, 0], MqttReasonCode.TopicNameInvalid },
        { "a topic that is not UTF-8", [0x30, 4, 0, 1, 0xFF, 0], MqttReasonCode.MalformedPacket },
        { "no topic and no alias", [0x30, 3, 0, 0, 0], MqttReasonCode.ProtocolError },
        { "an alias that was never set", [0x30, 6, 0, 0, 3, 0x23, 0, 1], MqttReasonCode.ProtocolError },
        { "alias 0", [0x30, 7, 0, 1, 97, 3, 0x23, 0, 0], MqttReasonCode.TopicAliasInvalid },
        { "a reserved flag in PUBACK", [0x41, 2, 0, 1], MqttReasonCode.MalformedPacket },
        { "a reserved flag in PUBREL", [0x60, 2, 0, 1], MqttReasonCode.MalformedPacket },
        { "a reserved flag in DISCONNECT", [0xE1, 0], MqttReasonCode.MalformedPacket },
        { "an unknown reason code", [0x40, 3, 0, 1, 0x7F], MqttReasonCode.ProtocolError },
        { "PINGRESP with a body", [0xD0, 1, 0], MqttReasonCode.MalformedPacket },
        { "a remaining length of five bytes", [0x30, 0x80, 0x80, 0x80, 0x80, 1], MqttReasonCode.MalformedPacket },
        { "a remaining length longer than needed", [0xD0, 0x80, 0x00], MqttReasonCode.MalformedPacket },
        { "a packet larger than allowed", [0x30, 0xFF, 0xFF, 0x7F], MqttReasonCode.PacketTooLarge },
        { "a session expiry in DISCONNECT", [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 1], MqttReasonCode.ProtocolError },
        { "SUBACK that is too short", [0x90, 2, 0, 1], MqttReasonCode.MalformedPacket },
    };

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task A_server_that_breaks_the_protocol_is_told_how_and_left(string misdeed, byte[] bytes, MqttReasonCode expected)
    {
        var (client, peer) = await ConnectAsync(Server.Options with { MaximumPacketSize = 100_000 });
        var ended = new TaskCompletionSource<MqttDisconnection>();
        client.Disconnected += end => ended.TrySetResult(end);
        await peer.SendRawAsync(bytes);
        Assert.Equal(expected, await peer.ReadDisconnectAsync());
        var end = await Within.Time(ended.Task);
        Assert.Equal((expected, false), (end.Reason, end.ByServer));
        Assert.True(end.Exception is MqttProtocolException, misdeed);
        await Server.AcceptConnectedAsync(); // and tried again
    }

    [Fact]
    public async Task A_server_that_closes_within_a_packet_is_connected_again()
    {
        var (client, peer) = await ConnectAsync();
        await peer.SendRawAsync(new byte[] { 0x30, 100, 0, 1 });
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync();
        await client.PublishAsync(Message("a", "x", 0));
        await peer.ReadPublishAsync();
        Assert.Equal(2, client.Counters.Connections);
    }

    [Fact]
    public async Task In_3_1_1_a_protocol_error_closes_without_a_word()
    {
        var (_, peer) = await ConnectAsync(Server.Options with { ProtocolVersion = MqttProtocolVersion.V311 });
        await peer.SendRawAsync(new byte[] { 0x00, 0 });
        Assert.Null(await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task A_server_that_promises_a_large_packet_does_not_get_the_memory_for_it()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { MaximumPacketSize = 200_000_000 });
        var before = GC.GetTotalAllocatedBytes();
        await peer.SendRawAsync(new byte[] { 0x30, 0x80, 0x80, 0x80, 0x40 });
        await client.PublishAsync(Message("a", "x", 0));
        await peer.ReadPublishAsync();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }

    [Fact]
    public async Task A_quality_2_message_of_3_1_1_that_fails_still_finishes()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { ProtocolVersion = MqttProtocolVersion.V311 });
        var subscribing = client.SubscribeAsync("a", static (_, _) => throw new InvalidOperationException());
        await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
        await peer.SendPublishAsync("a", "x", 2, 5);
        await peer.ReadAckAsync(MqttPacketType.PubRec);
        await peer.SendAckAsync(MqttPacketType.PubRel, 5);
        await peer.ReadAckAsync(MqttPacketType.PubComp);
    }
}
