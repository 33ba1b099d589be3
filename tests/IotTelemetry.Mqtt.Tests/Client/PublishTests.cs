using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class PublishTests : ClientFixture
{
    [Fact]
    public async Task Every_field_of_a_message_reaches_the_wire()
    {
        var (client, peer) = await ConnectAsync();
        var result = await Within.Time(client.PublishAsync(Message("a/b", "x", 0) with
        {
            Retain = true,
            PayloadIsUtf8 = true,
            MessageExpiry = TimeSpan.FromSeconds(30),
            ResponseTopic = "r",
            CorrelationData = new byte[] { 1, 2 },
            ContentType = "text/plain",
            UserProperties = [new MqttUserProperty("k", "1"), new MqttUserProperty("k", "2")],
        }));
        Assert.Equal(MqttPublishStatus.Sent, result.Status);
        var packet = await peer.ReadPublishAsync();
        Assert.Equal("a/b", Text(packet.Topic));
        Assert.True(packet.Retain);
        Assert.False(packet.Duplicate);
        Assert.Equal(1u, packet.Properties.GetNumber(MqttPropertyId.PayloadFormatIndicator));
        Assert.Equal(30u, packet.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval));
        Assert.Equal("r", packet.Properties.GetString(MqttPropertyId.ResponseTopic));
        Assert.Equal([1, 2], packet.Properties.GetBytes(MqttPropertyId.CorrelationData)!.Value.ToArray());
        Assert.Equal("text/plain", packet.Properties.GetString(MqttPropertyId.ContentType));
        Assert.Equal([new MqttUserProperty("k", "1"), new MqttUserProperty("k", "2")], packet.Properties.GetUserProperties());
    }

    [Fact]
    public async Task A_publish_returns_the_servers_reason_code()
    {
        var (client, peer) = await ConnectAsync();
        var publishing = client.PublishAsync(Message("a", "x", 1));
        await peer.SendAckAsync(MqttPacketType.PubAck, (await peer.ReadPublishAsync()).PacketId, MqttReasonCode.QuotaExceeded);
        var result = await Within.Time(publishing);
        Assert.Equal((MqttPublishStatus.Refused, MqttReasonCode.QuotaExceeded), (result.Status, result.ReasonCode));
    }

    [Fact]
    public async Task A_quality_2_publish_completes_with_pubcomp()
    {
        var (client, peer) = await ConnectAsync();
        var publishing = client.PublishAsync(Message("a", "x", 2)).AsTask();
        var id = (await peer.ReadPublishAsync()).PacketId;
        await peer.SendAckAsync(MqttPacketType.PubRec, id);
        Assert.Equal(id, (await peer.ReadAckAsync(MqttPacketType.PubRel)).PacketId);
        Assert.False(publishing.IsCompleted);
        await peer.SendAckAsync(MqttPacketType.PubComp, id);
        Assert.Equal(MqttPublishStatus.Acknowledged, (await Within.Time(publishing)).Status);
        Assert.Equal(0, client.Counters.PublishesInFlight);
    }

    [Fact]
    public async Task A_refusing_pubrec_ends_a_quality_2_publish()
    {
        var (client, peer) = await ConnectAsync();
        var publishing = client.PublishAsync(Message("a", "x", 2));
        await peer.SendAckAsync(MqttPacketType.PubRec, (await peer.ReadPublishAsync()).PacketId, MqttReasonCode.NotAuthorized);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await Within.Time(publishing)).ReasonCode);
        Assert.Equal(0, client.Counters.PublishesInFlight);
    }

    [Fact]
    public async Task No_more_than_receive_maximum_publishes_are_in_flight_and_other_packets_still_flow()
    {
        var (client, peer) = await ConnectAsync(answer: new ConnAck { Properties = p => p.Add(MqttPropertyId.ReceiveMaximum, 2) });
        var publishing = Enumerable.Range(0, 5).Select(i => client.PublishAsync(Message("a", $"{i}", 1)).AsTask()).ToArray();
        await client.PublishAsync(Message("a", "free", 0));
        var first = await peer.ReadPublishAsync();
        await peer.ReadPublishAsync();
        Assert.Equal("free", Text((await peer.ReadPublishAsync()).Payload));
        Assert.Equal(3, client.Counters.PublishesWaiting);
        await peer.SendAckAsync(MqttPacketType.PubAck, first.PacketId);
        var third = await peer.ReadPublishAsync();
        Assert.Equal("2", Text(third.Payload));
        Assert.Equal(2, client.Counters.PublishesInFlight);
        Assert.Equal(2, client.Counters.PublishesWaiting);
        await Within.Time(publishing[0]);
    }

    [Fact]
    public async Task A_packet_identifier_in_use_is_not_used_again()
    {
        var (client, peer) = await ConnectAsync();
        _ = client.PublishAsync(Message("a", "stays", 1)).AsTask();
        var stays = (await peer.ReadPublishAsync()).PacketId;
        for (var i = 0; i < 100; i++)
        {
            var publishing = client.PublishAsync(Message("a", "goes", 1));
            var id = (await peer.ReadPublishAsync()).PacketId;
            Assert.NotEqual(stays, id);
            Assert.NotEqual(0, id);
            await peer.SendAckAsync(MqttPacketType.PubAck, id);
            await Within.Time(publishing);
        }
    }

    [Fact]
    public async Task What_the_server_does_not_support_is_refused_before_it_is_sent()
    {
        var (client, peer) = await ConnectAsync(answer: new ConnAck
        {
            Properties = p => p.Add(MqttPropertyId.MaximumQoS, 1).Add(MqttPropertyId.RetainAvailable, 0).Add(MqttPropertyId.MaximumPacketSize, 100),
        });
        Assert.Equal(MqttReasonCode.QoSNotSupported, (await client.PublishAsync(Message("a", "x", 2))).ReasonCode);
        Assert.Equal(MqttReasonCode.RetainNotSupported, (await client.PublishAsync(Message("a", "x", 0) with { Retain = true })).ReasonCode);
        Assert.Equal(MqttReasonCode.PacketTooLarge, (await client.PublishAsync(Message("a", new string('x', 100), 1))).ReasonCode);
        Assert.Equal(MqttPublishStatus.Sent, (await client.PublishAsync(Message("a", new string('x', 94), 0))).Status);
        Assert.Equal(100, (await peer.ReadAsync(MqttPacketType.Publish)).Header.PacketLength);
    }

    [Fact]
    public async Task A_cancelled_publish_in_flight_keeps_its_identifier_until_the_server_answers()
    {
        var (client, peer) = await ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var publishing = client.PublishAsync(Message("a", "x", 1), cancel.Token);
        var id = (await peer.ReadPublishAsync()).PacketId;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Time(publishing));
        Assert.Equal(1, client.Counters.PublishesInFlight);
        await peer.SendAckAsync(MqttPacketType.PubAck, id);
        var next = client.PublishAsync(Message("a", "y", 1));
        await peer.SendAckAsync(MqttPacketType.PubAck, (await peer.ReadPublishAsync()).PacketId);
        Assert.True((await Within.Time(next)).IsSuccess);
        Assert.Equal(0, client.Counters.PublishesInFlight);
    }

    [Fact]
    public async Task A_cancelled_waiting_publish_is_never_sent()
    {
        var (client, peer) = await ConnectAsync(answer: new ConnAck { Properties = p => p.Add(MqttPropertyId.ReceiveMaximum, 1) });
        using var cancel = new CancellationTokenSource();
        _ = client.PublishAsync(Message("a", "first", 1)).AsTask();
        var cancelled = client.PublishAsync(Message("a", "cancelled", 1), cancel.Token);
        _ = client.PublishAsync(Message("a", "last", 1)).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Time(cancelled));
        await peer.SendAckAsync(MqttPacketType.PubAck, (await peer.ReadPublishAsync()).PacketId);
        Assert.Equal("last", Text((await peer.ReadPublishAsync()).Payload));
    }

    [Fact]
    public async Task Waiting_publishes_are_bounded()
    {
        var (client, _) = await ConnectAsync(
            Server.Options with { MaximumWaitingPublishes = 2 }, new ConnAck { Properties = p => p.Add(MqttPropertyId.ReceiveMaximum, 1) });
        for (var i = 0; i < 3; i++)
        {
            _ = client.PublishAsync(Message("a", "x", 1)).AsTask();
        }

        Assert.Throws<MqttQueueFullException>(() => { _ = client.PublishAsync(Message("a", "x", 1)).AsTask(); });
    }

    [Fact]
    public async Task A_message_that_expires_while_it_waits_is_not_sent_and_one_that_waited_says_less()
    {
        var time = new ManualTime();
        var client = Create(Server.Options with { TimeProvider = time, ConnectTimeout = TimeSpan.FromHours(1), Reconnect = new MqttReconnectOptions() });
        var expired = client.PublishAsync(Message("a", "expired", 1) with { MessageExpiry = TimeSpan.FromSeconds(5) }).AsTask();
        _ = client.PublishAsync(Message("a", "alive", 1) with { MessageExpiry = TimeSpan.FromSeconds(60) }).AsTask();
        await time.AdvanceAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync();
        await Within.Time(connecting);
        Assert.Equal(MqttPublishStatus.Expired, (await Within.Time(expired)).Status);
        var packet = await peer.ReadPublishAsync();
        Assert.Equal("alive", Text(packet.Payload));
        Assert.Equal(50u, packet.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval));
    }

    [Fact]
    public async Task An_exchange_goes_on_although_its_message_has_expired()
    {
        var time = new ManualTime();
        var (client, peer) = await ConnectAsync(Server.Options with { TimeProvider = time, ConnectTimeout = TimeSpan.FromHours(1) });
        var publishing = client.PublishAsync(Message("a", "x", 2) with { MessageExpiry = TimeSpan.FromSeconds(5) });
        var id = (await peer.ReadPublishAsync()).PacketId;
        await time.AdvanceAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        await peer.SendAckAsync(MqttPacketType.PubRec, id);
        await peer.ReadAckAsync(MqttPacketType.PubRel);
        await peer.SendAckAsync(MqttPacketType.PubComp, id);
        Assert.Equal(MqttPublishStatus.Acknowledged, (await Within.Time(publishing)).Status);
    }

    [Fact]
    public async Task Publishes_before_the_connection_leave_in_order_once_it_is_there()
    {
        var client = Create(Server.Options);
        var publishing = Enumerable.Range(0, 10).Select(i => client.PublishAsync(Message("a", $"{i}", 1)).AsTask()).ToArray();
        _ = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync();
        for (var i = 0; i < 10; i++)
        {
            var packet = await peer.ReadPublishAsync();
            Assert.Equal($"{i}", Text(packet.Payload));
            await peer.SendAckAsync(MqttPacketType.PubAck, packet.PacketId);
        }

        await Within.Time(Task.WhenAll(publishing));
    }

    [Fact]
    public async Task A_publish_larger_than_the_outgoing_buffer_is_sent_whole()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { OutgoingBufferBytes = 4096 });
        for (var i = 0; i < 20; i++)
        {
            _ = client.PublishAsync(Message("a", new string((char)('a' + i), 30_000), 0)).AsTask();
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new string((char)('a' + i), 30_000), Text((await peer.ReadPublishAsync()).Payload));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/+")]
    [InlineData("#")]
    [InlineData("a\0b")]
    public async Task An_invalid_topic_is_refused_at_once(string topic)
    {
        var (client, _) = await ConnectAsync();
        Assert.Throws<ArgumentException>(() => { _ = client.PublishAsync(Message(topic, "x", 0)).AsTask(); });
    }

    [Fact]
    public async Task A_string_too_long_for_the_wire_is_refused_at_once()
    {
        var (client, _) = await ConnectAsync();
        var tooLong = new string('x', 65_536);
        Assert.Throws<ArgumentException>(() => { _ = client.PublishAsync(Message("a", "x", 1) with { ContentType = tooLong }).AsTask(); });
        Assert.Throws<ArgumentException>(
            () => { _ = client.PublishAsync(Message("a", "x", 1) with { UserProperties = [new MqttUserProperty("k", tooLong)] }).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.PublishAsync(Message("a", "x", 1) with { ContentType = "a\0b" }).AsTask(); });
        Assert.Equal(0, client.Counters.PublishesInFlight);
    }

    [Fact]
    public async Task Topic_aliases_stand_for_topics_once_the_server_knows_them()
    {
        var (client, peer) = await ConnectAsync(answer: new ConnAck { Properties = p => p.Add(MqttPropertyId.TopicAliasMaximum, 1) });
        foreach (var topic in (string[])["a/b", "a/b", "other", "a/b"])
        {
            await client.PublishAsync(Message(topic, "x", 0));
        }

        var packets = new List<(string Topic, uint? Alias)>();
        for (var i = 0; i < 4; i++)
        {
            var packet = await peer.ReadPublishAsync();
            packets.Add((Text(packet.Topic), packet.Properties.GetNumber(MqttPropertyId.TopicAlias)));
        }

        Assert.Equal([("a/b", 1u), ("", 1u), ("other", null), ("", 1u)], packets);
    }

    [Fact]
    public async Task No_topic_alias_is_sent_to_a_server_that_allows_none()
    {
        var (client, peer) = await ConnectAsync();
        await client.PublishAsync(Message("a", "x", 0));
        await client.PublishAsync(Message("a", "x", 0));
        await peer.ReadPublishAsync();
        Assert.False((await peer.ReadPublishAsync()).Properties.Has(MqttPropertyId.TopicAlias));
    }

    [Fact]
    public async Task Acknowledgements_that_answer_nothing_are_counted_and_harmless()
    {
        var (client, peer) = await ConnectAsync();
        await peer.SendAckAsync(MqttPacketType.PubAck, 77);
        await peer.SendAckAsync(MqttPacketType.PubComp, 78);
        await peer.SendAckAsync(MqttPacketType.PubRec, 79);
        var answer = await peer.ReadAckAsync(MqttPacketType.PubRel);
        Assert.Equal((79, MqttReasonCode.PacketIdentifierNotFound), (answer.PacketId, answer.ReasonCode));
        Assert.Equal(3, client.Counters.UnknownAcknowledgements);
    }
}
