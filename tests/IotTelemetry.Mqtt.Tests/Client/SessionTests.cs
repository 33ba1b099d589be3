using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class SessionTests : ClientFixture
{
    private MqttClientOptions Persistent => Server.Options with { SessionExpiry = TimeSpan.FromHours(1), CleanStart = false };

    [Fact]
    public async Task A_resumed_session_sends_unacknowledged_packets_again_in_order_with_dup_and_their_identifiers()
    {
        var (client, peer) = await ConnectAsync(Persistent);
        var one = client.PublishAsync(Message("a", "one", 1)).AsTask();
        var two = client.PublishAsync(Message("a", "two", 2)).AsTask();
        var three = client.PublishAsync(Message("a", "three", 2)).AsTask();
        var ids = new[] { (await peer.ReadPublishAsync()).PacketId, (await peer.ReadPublishAsync()).PacketId, (await peer.ReadPublishAsync()).PacketId };
        await peer.SendAckAsync(MqttPacketType.PubRec, ids[1]);
        await peer.ReadAckAsync(MqttPacketType.PubRel);
        peer.Dispose();

        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        var first = await peer.ReadPublishAsync();
        Assert.Equal(("one", ids[0], true), (Text(first.Payload), first.PacketId, first.Duplicate));
        var second = await peer.ReadPublishAsync();
        Assert.Equal(("three", ids[2], true), (Text(second.Payload), second.PacketId, second.Duplicate));
        Assert.Equal(ids[1], (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
        await peer.SendAckAsync(MqttPacketType.PubAck, ids[0]);
        await peer.SendAckAsync(MqttPacketType.PubComp, ids[1]);
        await peer.SendAckAsync(MqttPacketType.PubRec, ids[2]);
        await peer.ReadAckAsync(MqttPacketType.PubRel);
        await peer.SendAckAsync(MqttPacketType.PubComp, ids[2]);
        Assert.All(await Within.Time(Task.WhenAll(one, two, three)), static result => Assert.True(result.IsSuccess));
    }

    [Fact]
    public async Task Pubrels_are_sent_again_in_the_order_of_their_pubrecs()
    {
        var (client, peer) = await ConnectAsync(Persistent);
        _ = client.PublishAsync(Message("a", "one", 2)).AsTask();
        _ = client.PublishAsync(Message("a", "two", 2)).AsTask();
        var one = (await peer.ReadPublishAsync()).PacketId;
        var two = (await peer.ReadPublishAsync()).PacketId;
        await peer.SendAckAsync(MqttPacketType.PubRec, two);
        await peer.SendAckAsync(MqttPacketType.PubRec, one);
        Assert.Equal(two, (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
        Assert.Equal(one, (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        Assert.Equal(two, (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
        Assert.Equal(one, (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
    }

    [Fact]
    public async Task Retransmission_keeps_to_a_smaller_receive_maximum_and_new_publishes_come_after_it()
    {
        var (client, peer) = await ConnectAsync(Persistent);
        for (var i = 0; i < 3; i++)
        {
            _ = client.PublishAsync(Message("a", $"{i}", 1)).AsTask();
            await peer.ReadPublishAsync();
        }

        peer.Dispose();
        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true) { Properties = p => p.Add(MqttPropertyId.ReceiveMaximum, 1) });
        _ = client.PublishAsync(Message("a", "3", 1)).AsTask();
        for (var i = 0; i < 4; i++)
        {
            var packet = await peer.ReadPublishAsync();
            Assert.Equal(($"{i}", i < 3), (Text(packet.Payload), packet.Duplicate));
            Assert.True(client.Counters.PublishesInFlight <= 4 - i);
            await peer.SendAckAsync(MqttPacketType.PubAck, packet.PacketId);
        }
    }

    [Fact]
    public async Task Retransmissions_carry_the_topic_and_not_the_alias_of_the_old_connection()
    {
        var aliases = new ConnAck(SessionPresent: true) { Properties = p => p.Add(MqttPropertyId.TopicAliasMaximum, 5) };
        var (client, peer) = await ConnectAsync(Persistent, aliases);
        _ = client.PublishAsync(Message("topic", "0", 1)).AsTask();
        _ = client.PublishAsync(Message("topic", "1", 1)).AsTask();
        await peer.ReadPublishAsync();
        Assert.Equal("", Text((await peer.ReadPublishAsync()).Topic));
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync(aliases);
        Assert.Equal("topic", Text((await peer.ReadPublishAsync()).Topic));
        Assert.Equal("topic", Text((await peer.ReadPublishAsync()).Topic));
    }

    [Fact]
    public async Task Without_a_session_that_resumes_publishes_in_flight_fail_with_the_connection()
    {
        var (client, peer) = await ConnectAsync();
        var publishing = client.PublishAsync(Message("a", "x", 1));
        await peer.ReadPublishAsync();
        peer.Dispose();
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(publishing));
        Assert.Equal(0, client.Counters.PublishesInFlight);
    }

    [Fact]
    public async Task When_the_server_lost_the_session_quality_1_is_published_as_new_and_quality_2_fails()
    {
        var (client, peer) = await ConnectAsync(Persistent);
        var one = client.PublishAsync(Message("a", "one", 1));
        var two = client.PublishAsync(Message("a", "two", 2));
        await peer.ReadPublishAsync();
        await peer.ReadPublishAsync();
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: false));
        var packet = await peer.ReadPublishAsync();
        Assert.Equal(("one", false), (Text(packet.Payload), packet.Duplicate));
        await peer.SendAckAsync(MqttPacketType.PubAck, packet.PacketId);
        Assert.True((await Within.Time(one)).IsSuccess);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(two));
    }

    [Fact]
    public async Task Clean_start_is_asked_for_once_and_then_the_session_is_resumed()
    {
        var client = Create(Persistent with { CleanStart = true });
        _ = client.ConnectAsync();
        var peer = await Server.AcceptAsync();
        Assert.True((await peer.ReadConnectAsync()).CleanStart);
        await peer.SendConnAckAsync(new ConnAck());
        peer.Dispose();
        peer = await Server.AcceptAsync();
        var connect = await peer.ReadConnectAsync();
        Assert.False(connect.CleanStart);
        Assert.Equal(3600u, connect.Properties.GetNumber(MqttPropertyId.SessionExpiryInterval));
    }

    [Fact]
    public async Task An_assigned_client_identifier_is_kept_for_later_connections()
    {
        var client = Create(Server.Options with { ClientId = "" });
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync(new ConnAck { Properties = p => p.Add(MqttPropertyId.AssignedClientIdentifier, ScriptedServer.AssignedId) });
        Assert.Equal(ScriptedServer.AssignedId, (await Within.Time(connecting)).AssignedClientId);
        peer.Dispose();
        Assert.Equal(ScriptedServer.AssignedId, Text((await (await Server.AcceptAsync()).ReadConnectAsync()).ClientId));
    }

    [Fact]
    public async Task A_quality_2_message_repeated_after_a_reconnection_is_delivered_once()
    {
        var client = Create(Persistent);
        var received = new List<string>();
        await client.SubscribeAsync("#", (message, _) =>
        {
            received.Add(Text(message.Payload));
            return ValueTask.CompletedTask;
        });
        _ = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync();
        await peer.AcceptSubscribeAsync();
        await peer.SendPublishAsync("a", "once", 2, 9);
        await peer.ReadAckAsync(MqttPacketType.PubRec);
        peer.Dispose();

        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        await peer.SendPublishAsync("a", "once", 2, 9, duplicate: true);
        Assert.Equal(9, (await peer.ReadAckAsync(MqttPacketType.PubRec)).PacketId);
        await peer.SendAckAsync(MqttPacketType.PubRel, 9);
        Assert.Equal(9, (await peer.ReadAckAsync(MqttPacketType.PubComp)).PacketId);
        await peer.SendPublishAsync("a", "next", 2, 9);
        await peer.ReadAckAsync(MqttPacketType.PubRec);
        Assert.Equal(["once", "next"], received);
    }
}
