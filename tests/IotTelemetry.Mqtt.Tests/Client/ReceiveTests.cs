using System.Threading.Channels;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class ReceiveTests : ClientFixture
{
    private readonly Channel<string> _received = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task A_received_message_has_all_its_properties()
    {
        var seen = new TaskCompletionSource();
        var (_, peer) = await SubscribedAsync((message, _) =>
        {
            Assert.Equal("a/b", message.Topic);
            Assert.Equal("\uFEFFx", Text(message.Payload));
            Assert.True(message.PayloadIsUtf8);
            Assert.Equal(TimeSpan.FromSeconds(9), message.MessageExpiry);
            Assert.Equal("\uFEFFreply", message.ResponseTopic);
            Assert.Equal([7], message.CorrelationData.ToArray());
            Assert.Equal("t", message.ContentType);
            Assert.Equal([new MqttUserProperty("k", "v"), new MqttUserProperty("k", "w")], message.UserProperties);
            seen.SetResult();
            return ValueTask.CompletedTask;
        });
        await peer.SendPublishAsync("a/b", "\uFEFFx", properties: p => p
            .Add(MqttPropertyId.PayloadFormatIndicator, 1)
            .Add(MqttPropertyId.MessageExpiryInterval, 9)
            .Add(MqttPropertyId.ResponseTopic, "\uFEFFreply")
            .Add(MqttPropertyId.CorrelationData, [7])
            .Add(MqttPropertyId.ContentType, "t")
            .AddUser("k", "v")
            .AddUser("k", "w"));
        await Within.Time(seen.Task);
    }

    [Fact]
    public async Task Quality_1_is_acknowledged_when_the_handler_has_returned()
    {
        var release = new TaskCompletionSource();
        var (_, peer) = await SubscribedAsync(async (message, _) =>
        {
            _received.Writer.TryWrite(Text(message.Payload));
            await release.Task;
        });
        await peer.SendPublishAsync("a", "x", 1, 5);
        await Within.Time(_received.Reader.ReadAsync());
        await peer.SendPublishAsync("a", "y", 0);
        release.SetResult();
        Assert.Equal(5, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        Assert.Equal("y", await Within.Time(_received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task A_handler_that_throws_refuses_the_message_and_gets_the_next_one()
    {
        var (client, peer) = await SubscribedAsync((message, _) =>
            Text(message.Payload) == "bad" ? throw new InvalidOperationException("no") : ValueTask.CompletedTask);
        await peer.SendPublishAsync("a", "bad", 1, 5);
        await peer.SendPublishAsync("a", "good", 1, 6);
        Assert.Equal(MqttReasonCode.UnspecifiedError, (await peer.ReadAckAsync(MqttPacketType.PubAck)).ReasonCode);
        Assert.Equal(MqttReasonCode.Success, (await peer.ReadAckAsync(MqttPacketType.PubAck)).ReasonCode);
        Assert.Equal(1, client.Counters.HandlerErrors);
    }

    [Fact]
    public async Task Manual_acknowledgements_carry_their_reason_and_leave_in_the_order_the_messages_came()
    {
        var messages = Channel.CreateUnbounded<MqttReceivedMessage>();
        var (_, peer) = await SubscribedAsync(
            (message, _) =>
            {
                messages.Writer.TryWrite(message);
                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { Acknowledgement = MqttAcknowledgementMode.Manual });
        await peer.SendPublishAsync("a", "1", 1, 11);
        await peer.SendPublishAsync("a", "2", 1, 12);
        await peer.SendPublishAsync("a", "3", 2, 13);
        var first = await Within.Time(messages.Reader.ReadAsync());
        var second = await Within.Time(messages.Reader.ReadAsync());
        var third = await Within.Time(messages.Reader.ReadAsync());
        third.Acknowledge();
        second.Acknowledge(MqttReasonCode.QuotaExceeded);
        second.Acknowledge();
        first.Acknowledge();
        Assert.Equal(11, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        var refused = await peer.ReadAckAsync(MqttPacketType.PubAck);
        Assert.Equal((12, MqttReasonCode.QuotaExceeded), (refused.PacketId, refused.ReasonCode));
        Assert.Equal(13, (await peer.ReadAckAsync(MqttPacketType.PubRec)).PacketId);
    }

    [Fact]
    public async Task A_refused_quality_2_message_frees_its_identifier()
    {
        var (_, peer) = await SubscribedAsync((message, _) =>
        {
            _received.Writer.TryWrite(Text(message.Payload));
            message.Acknowledge(Text(message.Payload) == "first" ? MqttReasonCode.NotAuthorized : MqttReasonCode.Success);
            return ValueTask.CompletedTask;
        }, new MqttSubscribeOptions { Acknowledgement = MqttAcknowledgementMode.Manual });
        await peer.SendPublishAsync("a", "first", 2, 5);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await peer.ReadAckAsync(MqttPacketType.PubRec)).ReasonCode);
        await peer.SendPublishAsync("a", "second", 2, 5);
        Assert.Equal(MqttReasonCode.Success, (await peer.ReadAckAsync(MqttPacketType.PubRec)).ReasonCode);
        Assert.Equal("first", await Within.Time(_received.Reader.ReadAsync()));
        Assert.Equal("second", await Within.Time(_received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task A_quality_1_identifier_is_a_new_message_once_it_was_acknowledged()
    {
        var (_, peer) = await SubscribedAsync(Note);
        await peer.SendPublishAsync("a", "x", 1, 5);
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        await peer.SendPublishAsync("a", "y", 1, 5, duplicate: true);
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        Assert.Equal("x", await Within.Time(_received.Reader.ReadAsync()));
        Assert.Equal("y", await Within.Time(_received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task A_pubrel_of_an_unknown_identifier_is_answered_not_found()
    {
        var (_, peer) = await ConnectAsync();
        await peer.SendAckAsync(MqttPacketType.PubRel, 99);
        Assert.Equal(MqttReasonCode.PacketIdentifierNotFound, (await peer.ReadAckAsync(MqttPacketType.PubComp)).ReasonCode);
    }

    [Fact]
    public async Task A_message_nobody_wants_is_acknowledged_all_the_same()
    {
        var (client, peer) = await ConnectAsync();
        await peer.SendPublishAsync("a", "x", 1, 5);
        await peer.SendPublishAsync("a", "x", 2, 6);
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        await peer.ReadAckAsync(MqttPacketType.PubRec);
        Assert.Equal(2, client.Counters.MessagesUnmatched);
    }

    [Fact]
    public async Task A_slow_handler_delays_neither_acknowledgements_nor_other_subscriptions()
    {
        var (client, peer) = await ConnectAsync();
        var never = new TaskCompletionSource();
        await SubscribeAsync(client, peer, "slow", async (_, stop) => await never.Task.WaitAsync(stop), new MqttSubscribeOptions
        {
            Acknowledgement = MqttAcknowledgementMode.WhenQueued,
            QueueCapacity = 10,
        });
        await SubscribeAsync(client, peer, "fast", Note);
        for (ushort id = 1; id <= 5; id++)
        {
            await peer.SendPublishAsync("slow", "x", 1, id);
            Assert.Equal(id, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        }

        for (var i = 0; i < 100; i++)
        {
            await peer.SendPublishAsync("slow", "x");
        }

        await peer.SendPublishAsync("fast", "y", 1, 50);
        Assert.Equal("y", await Within.Time(_received.Reader.ReadAsync()));
        Assert.Equal(50, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        var publishing = client.PublishAsync(Message("p", "z", 1));
        await peer.SendAckAsync(MqttPacketType.PubAck, (await peer.ReadPublishAsync()).PacketId);
        Assert.True((await Within.Time(publishing)).IsSuccess);
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts_quality_0_and_stops_acknowledging_quality_1()
    {
        var release = new TaskCompletionSource();
        var (client, peer) = await ConnectAsync();
        var subscription = await SubscribeAsync(client, peer, "a", async (_, _) => await release.Task, new MqttSubscribeOptions
        {
            Acknowledgement = MqttAcknowledgementMode.WhenQueued,
            QueueCapacity = 3,
        });
        for (ushort id = 1; id <= 5; id++)
        {
            peer.WritePublish("a", "x", 1, id);
        }

        peer.WritePublish("a", "dropped");
        peer.WritePublish("nobody", "x", 2, 90); // its PUBREC waits its turn behind the PUBACKs
        await peer.FlushAsync();
        for (ushort id = 1; id <= 3; id++)
        {
            Assert.Equal(id, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        }

        release.SetResult();
        Assert.Equal(4, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        Assert.Equal(5, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
        Assert.Equal(90, (await peer.ReadAckAsync(MqttPacketType.PubRec)).PacketId);
        Assert.Equal(1, subscription.Dropped);
        Assert.Equal(1, client.Counters.MessagesDropped);
    }

    [Fact]
    public async Task A_server_beyond_receive_maximum_is_disconnected()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { ReceiveMaximum = 2 });
        await SubscribeAsync(client, peer, "a", async (_, stop) => await Task.Delay(Timeout.Infinite, stop));
        for (ushort id = 1; id <= 3; id++)
        {
            await peer.SendPublishAsync("a", "x", 1, id);
        }

        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task A_server_that_counts_wrongly_is_borne_as_far_as_the_tolerance_goes()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { ReceiveMaximum = 2, ReceiveTolerance = 1 });
        await SubscribeAsync(client, peer, "a", async (message, stop) =>
        {
            _received.Writer.TryWrite(Text(message.Payload));
            await Task.Delay(Timeout.Infinite, stop);
        });
        for (ushort id = 1; id <= 3; id++)
        {
            await peer.SendPublishAsync("a", $"{id}", 1, id);
        }

        // The third is borne: the client still answers.
        Assert.Equal("1", await Within.Time(_received.Reader.ReadAsync()));
        var subscribing = SubscribeAsync(client, peer, "b", (_, _) => ValueTask.CompletedTask);
        await Within.Time(subscribing);
        await peer.SendPublishAsync("a", "4", 1, 4);
        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task Topic_aliases_of_the_server_are_understood_up_to_the_maximum()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { TopicAliasMaximum = 3 });
        await SubscribeAsync(client, peer, "#", (message, _) =>
        {
            _received.Writer.TryWrite(message.Topic);
            return ValueTask.CompletedTask;
        });
        await peer.SendPublishAsync("one", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 3));
        await peer.SendPublishAsync("", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 3));
        await peer.SendPublishAsync("two", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 3));
        await peer.SendPublishAsync("", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 3));
        foreach (var topic in (string[])["one", "one", "two", "two"])
        {
            Assert.Equal(topic, await Within.Time(_received.Reader.ReadAsync()));
        }

        await peer.SendPublishAsync("x", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 4));
        Assert.Equal(MqttReasonCode.TopicAliasInvalid, await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task A_topic_alias_is_refused_if_none_is_allowed()
    {
        var (_, peer) = await ConnectAsync(Server.Options with { TopicAliasMaximum = 0 });
        await peer.SendPublishAsync("x", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 1));
        Assert.Equal(MqttReasonCode.TopicAliasInvalid, await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task Topic_aliases_do_not_outlive_their_connection()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { SessionExpiry = TimeSpan.FromHours(1) });
        await SubscribeAsync(client, peer, "#", Note);
        await peer.SendPublishAsync("one", "x", 1, 1, properties: p => p.Add(MqttPropertyId.TopicAlias, 1));
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        await peer.SendPublishAsync("", "x", properties: p => p.Add(MqttPropertyId.TopicAlias, 1));
        Assert.Equal(MqttReasonCode.ProtocolError, await peer.ReadDisconnectAsync());
    }

    [Fact]
    public async Task Packets_split_into_single_bytes_are_understood()
    {
        var (_, peer) = await SubscribedAsync(Note);
        var packet = new byte[] { 0x32, 8, 0, 1, (byte)'a', 0, 7, 0, (byte)'o', (byte)'k' };
        foreach (var piece in packet)
        {
            await peer.SendRawAsync(new[] { piece });
        }

        Assert.Equal("ok", await Within.Time(_received.Reader.ReadAsync()));
        Assert.Equal(7, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
    }

    [Fact]
    public async Task A_message_that_comes_with_the_end_of_the_connection_is_handled_and_later_ones_too()
    {
        var (_, peer) = await SubscribedAsync(Note);
        peer.WritePublish("a", "last");
        await peer.SendDisconnectAsync(MqttReasonCode.ServerShuttingDown);
        Assert.Equal("last", await Within.Time(_received.Reader.ReadAsync()));
        peer = await Server.AcceptConnectedAsync();
        await peer.AcceptSubscribeAsync();
        await peer.SendPublishAsync("a", "again");
        Assert.Equal("again", await Within.Time(_received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task A_quality_2_message_repeated_while_it_is_handled_gets_one_pubrec()
    {
        var release = new TaskCompletionSource();
        var (_, peer) = await SubscribedAsync(async (message, _) =>
        {
            _received.Writer.TryWrite(Text(message.Payload));
            await release.Task;
        });
        peer.WritePublish("a", "x", 2, 5); // in one segment: a repeat that comes after the answer gets one of its own
        peer.WritePublish("a", "x", 2, 5, duplicate: true);
        await peer.SendPublishAsync("a", "y", 1, 6);
        Assert.Equal("x", await Within.Time(_received.Reader.ReadAsync()));
        release.SetResult();
        Assert.Equal("y", await Within.Time(_received.Reader.ReadAsync()));
        await peer.ReadAckAsync(MqttPacketType.PubRec);
        await peer.ReadAckAsync(MqttPacketType.PubAck);
    }

    [Fact]
    public async Task A_message_of_megabytes_arrives_whole()
    {
        var (_, peer) = await SubscribedAsync(Note);
        var payload = string.Concat(Enumerable.Range(0, 400_000).Select(static i => $"{i,6}"));
        await peer.SendPublishAsync("a", payload, 1, 1);
        Assert.Equal(payload, await Within.Time(_received.Reader.ReadAsync()));
        await peer.SendPublishAsync("a", "small", 1, 2);
        Assert.Equal("small", await Within.Time(_received.Reader.ReadAsync()));
    }

    [Fact]
    public async Task Overlapping_subscriptions_each_get_the_messages_their_identifiers_name()
    {
        var (client, peer) = await ConnectAsync();
        await SubscribeAsync(client, peer, "a/#", (message, _) => Note("wide", message));
        await SubscribeAsync(client, peer, "a/b", (message, _) => Note("narrow", message));
        await peer.SendPublishAsync("a/b", "1", properties: p => p.Add(MqttPropertyId.SubscriptionIdentifier, 1));
        await peer.SendPublishAsync("a/b", "2", properties: p => p.Add(MqttPropertyId.SubscriptionIdentifier, 2));
        var seen = new[] { await Within.Time(_received.Reader.ReadAsync()), await Within.Time(_received.Reader.ReadAsync()) };
        Assert.Equal(["narrow 2", "wide 1"], seen.Order());
    }

    [Fact]
    public async Task A_quality_1_message_for_two_subscriptions_is_acknowledged_once_both_are_done()
    {
        var release = new TaskCompletionSource();
        var (client, peer) = await ConnectAsync();
        await SubscribeAsync(client, peer, "a/#", async (_, _) => await release.Task);
        await SubscribeAsync(client, peer, "a/b", Note);
        await peer.SendPublishAsync("a/b", "x", 1, 5);
        await Within.Time(_received.Reader.ReadAsync());
        await client.PublishAsync(Message("still", "open", 0));
        await peer.ReadPublishAsync(); // and not PUBACK
        release.SetResult();
        Assert.Equal(5, (await peer.ReadAckAsync(MqttPacketType.PubAck)).PacketId);
    }

    private ValueTask Note(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        _received.Writer.TryWrite(Text(message.Payload));
        return ValueTask.CompletedTask;
    }

    private ValueTask Note(string who, MqttReceivedMessage message)
    {
        _received.Writer.TryWrite($"{who} {Text(message.Payload)}");
        return ValueTask.CompletedTask;
    }

    private async Task<(MqttClient Client, ScriptedPeer Peer)> SubscribedAsync(MqttMessageHandler handler, MqttSubscribeOptions? options = null)
    {
        var (client, peer) = await ConnectAsync();
        await SubscribeAsync(client, peer, "#", handler, options);
        return (client, peer);
    }

    private static async Task<MqttSubscription> SubscribeAsync(
        MqttClient client, ScriptedPeer peer, string filter, MqttMessageHandler handler, MqttSubscribeOptions? options = null)
    {
        var subscribing = client.SubscribeAsync(filter, handler, options);
        await peer.AcceptSubscribeAsync();
        return await Within.Time(subscribing);
    }
}
