using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>Subscriptions, their options, shared ones, and retained messages (MQTT 5.0 sections 3.3.1.3, 3.8 to 3.11, 4.7, 4.8).</summary>
public sealed class ServerSubscribeTests
{
    [Theory]
    [InlineData("yard/#", "yard", true)]
    [InlineData("yard/#", "yard/7/state", true)]
    [InlineData("yard/+", "yard/7", true)]
    [InlineData("yard/+", "yard", false)]
    [InlineData("yard/+", "yard/7/state", false)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$internal/x", false)]
    [InlineData("+/x", "$internal/x", false)]
    [InlineData("$internal/#", "$internal/x", true)]
    [InlineData("Yard", "yard", false)]
    public async Task A_filter_gets_what_matches_it(string filter, string topic, bool matches)
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync(filter);

        await host.Broker.PublishAsync(new MqttMessage { Topic = topic });

        if (matches)
        {
            Assert.Equal(topic, (await client.ReceivePublishAsync()).TopicText());
        }

        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Overlapping_subscriptions_give_one_message_with_the_highest_QoS_and_all_identifiers()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a/#", qos: 0, identifier: 11);
        await client.SubscribeAsync("a/+", qos: 1, identifier: 300);

        await host.Broker.PublishAsync(new MqttMessage { Topic = "a/b", QualityOfService = MqttQualityOfService.ExactlyOnce });

        var publish = await client.ReceivePublishAsync();
        Assert.Equal(MqttQualityOfService.AtLeastOnce, publish.QualityOfService);
        var identifiers = new List<uint>();
        foreach (var property in publish.Properties)
        {
            identifiers.Add(property.Number);
        }

        Assert.Equal([11u, 300u], identifiers.Order());
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task No_local_keeps_a_clients_own_messages_from_it()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a", noLocal: true);
        await using var other = await RawClient.ConnectAsync(host.TcpPort, "o");

        await client.PublishAsync("a", "mine");
        await client.ExpectNothingAsync();
        await other.PublishAsync("a", "other");

        Assert.Equal("other", (await client.ReceivePublishAsync()).PayloadText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retain_as_published_decides_the_flag(bool asPublished)
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a", retainAsPublished: asPublished);

        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "x"u8.ToArray(), Retain = true });

        Assert.Equal(asPublished, (await client.ReceivePublishAsync()).Retain);
    }

    [Theory]
    [InlineData(MqttRetainHandling.SendAlways, true, true)]
    [InlineData(MqttRetainHandling.SendIfNew, true, false)]
    [InlineData(MqttRetainHandling.Never, false, false)]
    public async Task Retain_handling_decides_what_a_subscription_gets_at_first(MqttRetainHandling handling, bool atFirst, bool again)
    {
        await using var host = await TestBroker.StartAsync();
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "kept"u8.ToArray(), Retain = true });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SubscribeAsync("a", retainHandling: handling);
        await Expect(atFirst);
        await client.SubscribeAsync("a", retainHandling: handling);
        await Expect(again);

        async Task Expect(bool message)
        {
            if (message)
            {
                var publish = await client.ReceivePublishAsync();
                Assert.Equal(("kept", true), (publish.PayloadText(), publish.Retain));
            }

            await client.ExpectNothingAsync();
        }
    }

    [Fact]
    public async Task An_empty_retained_message_clears_the_topic()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("a/b", "x", retain: true);
        await client.PublishAsync("a/c", "y", retain: true);
        await client.PublishAsync("a/b", "", retain: true);
        await client.ExpectNothingAsync();

        await client.SubscribeAsync("a/+");

        Assert.Equal("a/c", (await client.ReceivePublishAsync()).TopicText());
        await client.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.RetainedMessages);
    }

    [Fact]
    public async Task More_retained_messages_than_fit_the_output_all_arrive_and_the_newest_comes_last()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumOutgoingBytes = 64 * 1024 });
        const int count = 300;
        for (var i = 0; i < count; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = $"r/{i}", Payload = new byte[4000], Retain = true });
        }

        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("r/#");
        await host.Broker.PublishAsync(new MqttMessage { Topic = "r/new", Payload = "last"u8.ToArray() });

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(4000, (await client.ReceivePublishAsync()).Payload.Length);
        }

        Assert.Equal("last", (await client.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task Retained_messages_are_bounded()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumRetainedMessages = 1 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("a", "x", retain: true, qos: 1, packetId: 1);
        await client.ReceiveAckAsync(MqttPacketType.PubAck);

        await client.PublishAsync("b", "x", retain: true, qos: 1, packetId: 2);

        Assert.Equal(MqttReasonCode.QuotaExceeded, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
        Assert.Equal(1, host.Broker.Counters.RetainRefusals);
    }

    [Fact]
    public async Task A_shared_subscription_gives_each_message_to_one_member_in_turn()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "1");
        await using var second = await RawClient.ConnectAsync(host.TcpPort, "2");
        await using var outside = await RawClient.ConnectAsync(host.TcpPort, "3");
        await first.SubscribeAsync("$share/workers/a/+", qos: 1);
        await second.SubscribeAsync("$share/workers/a/+", qos: 1);
        await outside.SubscribeAsync("a/+");

        for (var i = 0; i < 10; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = $"a/{i}", QualityOfService = MqttQualityOfService.AtLeastOnce });
        }

        for (var i = 0; i < 5; i++)
        {
            await first.ReceivePublishAsync();
            await second.ReceivePublishAsync();
        }

        await first.ExpectNothingAsync();
        await second.ExpectNothingAsync();
        for (var i = 0; i < 10; i++)
        {
            await outside.ReceivePublishAsync();
        }
    }

    [Fact]
    public async Task A_shared_subscription_prefers_members_that_can_take_the_message()
    {
        await using var host = await TestBroker.StartAsync();
        await using var full = await RawClient.ConnectAsync(host.TcpPort, "full", properties: new MqttPropertyBuilder().Add(MqttPropertyId.ReceiveMaximum, 1));
        await using var free = await RawClient.ConnectAsync(host.TcpPort, "free");
        await full.SubscribeAsync("$share/g/a", qos: 1);
        await free.SubscribeAsync("$share/g/a", qos: 1);

        for (var i = 0; i < 9; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.AtLeastOnce });
        }

        await full.ReceivePublishAsync();
        for (var i = 0; i < 8; i++)
        {
            await free.ReceivePublishAsync();
        }

        await full.ExpectNothingAsync();
    }

    [Fact]
    public async Task Unsubscribing_says_whether_there_was_a_subscription()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a");
        await client.SubscribeAsync("$share/g/b");

        await client.SendAsync(output => MqttPacketWriter.WriteUnsubscribe(
            output, new MqttUnsubscribePacket(5, default, ["a"u8.ToArray(), "x"u8.ToArray(), "$share/g/b"u8.ToArray()]), client.Version));

        var unsubAck = MqttPacketReader.ReadUnsubAck((await client.ReceiveAsync(MqttPacketType.UnsubAck)).Body, client.Version);
        Assert.Equal([0x00, 0x11, 0x00], unsubAck.ReasonCodes.ToArray());
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a" });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "b" });
        await client.ExpectNothingAsync();
        Assert.Equal(0, host.Broker.Counters.Subscriptions);
    }

    [Fact]
    public async Task Subscribing_again_replaces_the_subscription()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a", qos: 2);
        Assert.Equal([0], await client.SubscribeAsync("a", qos: 0));

        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });

        Assert.Equal(MqttQualityOfService.AtMostOnce, (await client.ReceivePublishAsync()).QualityOfService);
        await client.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.Subscriptions);
    }

    [Fact]
    public async Task Too_many_or_too_deep_subscriptions_are_refused_one_by_one()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumSubscriptions = 1, MaximumTopicLevels = 3 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        Assert.Equal([0x8F], await client.SubscribeAsync("a/b/c/d"));
        Assert.Equal([0x01], await client.SubscribeAsync("a/b/c", qos: 1));
        Assert.Equal([0x97], await client.SubscribeAsync("b"));
    }

    [Fact]
    public void Matching_among_ten_thousand_filters_allocates_nothing_and_finds_the_one()
    {
        using var table = new Routing.TopicTree<string>();
        for (var i = 0; i < 10_000; i++)
        {
            table.Add(System.Text.Encoding.UTF8.GetBytes($"iot/1/{i % 64}/site-{i}/+/command"), "x");
        }

        var counter = default(CountingVisitor);
        var topic = "iot/1/7/site-7/gw/command"u8.ToArray();
        table.Match(topic, ref counter);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            table.Match(topic, ref counter);
        }

        Assert.Equal(10_001, counter.Count);

        // the runtime itself may allocate a little once, when it compiles the loop anew
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public async Task One_SUBSCRIBE_with_several_filters_is_answered_in_their_order()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumTopicLevels = 2 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SendAsync(output => MqttPacketWriter.WriteSubscribe(
            output,
            new MqttSubscribePacket(9, default, [new("a"u8.ToArray(), MqttQualityOfService.ExactlyOnce), new("a/b/c"u8.ToArray(), 0), new("b"u8.ToArray(), MqttQualityOfService.AtLeastOnce)]),
            client.Version));

        var subAck = MqttPacketReader.ReadSubAck((await client.ReceiveAsync(MqttPacketType.SubAck)).Body, client.Version);
        Assert.Equal(9, subAck.PacketId);
        Assert.Equal([0x02, 0x8F, 0x01], subAck.ReasonCodes.ToArray());
    }

    [Fact]
    public async Task A_message_without_RETAIN_neither_replaces_nor_clears_the_retained_one()
    {
        await using var host = await TestBroker.StartAsync();
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "kept"u8.ToArray(), Retain = true });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "passing"u8.ToArray() });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a" });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SubscribeAsync("a");

        Assert.Equal("kept", (await client.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task After_UNSUBSCRIBE_deliveries_that_have_begun_are_finished_and_no_new_ones_begin()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a", qos: 2);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });
        var publish = await client.ReceivePublishAsync();

        await client.SendAsync(output => MqttPacketWriter.WriteUnsubscribe(output, new MqttUnsubscribePacket(5, default, ["a"u8.ToArray()]), client.Version));
        await client.ReceiveAsync(MqttPacketType.UnsubAck);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });
        await client.SendAckAsync(MqttPacketType.PubRec, publish.PacketId);

        Assert.Equal(publish.PacketId, (await client.ReceiveAckAsync(MqttPacketType.PubRel)).PacketId);
        await client.SendAckAsync(MqttPacketType.PubComp, publish.PacketId);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_delivery_that_a_member_of_a_shared_subscription_has_begun_is_finished_with_it()
    {
        await using var host = await TestBroker.StartAsync();
        var persistent = new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 60);
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "1", properties: persistent);
        await first.SubscribeAsync("$share/g/a", qos: 2);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });
        var begun = await first.ReceivePublishAsync();
        await using var second = await RawClient.ConnectAsync(host.TcpPort, "2");
        await second.SubscribeAsync("$share/g/a", qos: 1);
        first.Cut();

        await using var back = await RawClient.ConnectAsync(host.TcpPort, "1", connect: new MqttConnectPacket(), properties: persistent);

        var again = await back.ReceivePublishAsync();
        Assert.Equal((begun.PacketId, true), (again.PacketId, again.Duplicate));
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_message_refused_by_a_member_or_lost_with_its_session_goes_to_no_other_member()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "1");
        await first.SubscribeAsync("$share/g/a", qos: 2);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.AtLeastOnce });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });
        var refused = await first.ReceivePublishAsync();
        await first.ReceivePublishAsync();
        await using var second = await RawClient.ConnectAsync(host.TcpPort, "2");
        await second.SubscribeAsync("$share/g/a", qos: 2);

        await first.SendAckAsync(MqttPacketType.PubAck, refused.PacketId, MqttReasonCode.UnspecifiedError);
        await first.DisconnectAsync();
        await first.ExpectClosedAsync();

        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_shared_subscription_gives_each_member_the_QoS_it_was_granted()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "1");
        Assert.Equal([0x01], await client.SubscribeAsync("$share/g/a", qos: 1));

        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });

        Assert.Equal(MqttQualityOfService.AtLeastOnce, (await client.ReceivePublishAsync()).QualityOfService);
    }

    private struct CountingVisitor : Routing.ITopicVisitor<string>
    {
        public int Count;

        public void Visit(ReadOnlySpan<string> items) => Count += items.Length;
    }
}
