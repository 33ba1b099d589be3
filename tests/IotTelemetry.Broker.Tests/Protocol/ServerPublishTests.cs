using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>PUBLISH and its acknowledgements in both directions (MQTT 5.0 sections 3.3 to 3.7, 4.3, 4.6, 4.9).</summary>
public sealed class ServerPublishTests
{
    [Fact]
    public async Task A_QoS_2_publish_sent_twice_is_delivered_once()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub");
        await subscriber.SubscribeAsync("a");
        await using var publisher = await RawClient.ConnectAsync(host.TcpPort, "pub");

        await publisher.PublishAsync("a", "one", qos: 2, packetId: 5);
        Assert.Equal(5, (await publisher.ReceiveAckAsync(MqttPacketType.PubRec)).PacketId);
        await publisher.PublishAsync("a", "one", qos: 2, packetId: 5, duplicate: true);
        Assert.Equal(MqttReasonCode.Success, (await publisher.ReceiveAckAsync(MqttPacketType.PubRec)).ReasonCode);
        await publisher.SendAckAsync(MqttPacketType.PubRel, 5);
        Assert.Equal(MqttReasonCode.Success, (await publisher.ReceiveAckAsync(MqttPacketType.PubComp)).ReasonCode);

        Assert.Equal("one", (await subscriber.ReceivePublishAsync()).PayloadText());
        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    public async Task PUBREL_for_an_unknown_identifier_is_answered_with_0x92()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SendAckAsync(MqttPacketType.PubRel, 9);

        Assert.Equal(MqttReasonCode.PacketIdentifierNotFound, (await client.ReceiveAckAsync(MqttPacketType.PubComp)).ReasonCode);
    }

    [Fact]
    public async Task PUBREC_for_an_unknown_identifier_is_answered_with_PUBREL_0x92()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SendAckAsync(MqttPacketType.PubRec, 9);

        Assert.Equal(MqttReasonCode.PacketIdentifierNotFound, (await client.ReceiveAckAsync(MqttPacketType.PubRel)).ReasonCode);
    }

    [Fact]
    public async Task A_QoS_2_message_goes_to_a_subscriber_by_PUBREC_PUBREL_PUBCOMP()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub");
        await subscriber.SubscribeAsync("a", qos: 2);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", QualityOfService = MqttQualityOfService.ExactlyOnce });

        var id = (await subscriber.ReceivePublishAsync()).PacketId;
        await subscriber.SendAckAsync(MqttPacketType.PubRec, id);
        Assert.Equal(id, (await subscriber.ReceiveAckAsync(MqttPacketType.PubRel)).PacketId);
        await subscriber.SendAckAsync(MqttPacketType.PubComp, id);

        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_PUBREC_with_an_error_ends_the_exchange()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(
            host.TcpPort, "sub", properties: new MqttPropertyBuilder().Add(MqttPropertyId.ReceiveMaximum, 1));
        await subscriber.SubscribeAsync("a", qos: 2);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "1"u8.ToArray(), QualityOfService = MqttQualityOfService.ExactlyOnce });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = "2"u8.ToArray(), QualityOfService = MqttQualityOfService.ExactlyOnce });

        var first = await subscriber.ReceivePublishAsync();
        await subscriber.SendAckAsync(MqttPacketType.PubRec, first.PacketId, MqttReasonCode.QuotaExceeded);

        Assert.Equal("2", (await subscriber.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task Publishes_beyond_Receive_Maximum_are_answered_with_0x93()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { ReceiveMaximum = 3 });
        using var registration = host.Broker.AddHandler("#", TestHandler.Deferring());
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "greedy");

        for (ushort id = 1; id <= 4; id++)
        {
            await client.PublishAsync("a", "x", qos: 1, packetId: id);
        }

        await client.ExpectDisconnectAsync(MqttReasonCode.ReceiveMaximumExceeded);
    }

    [Fact]
    public async Task QoS_2_publishes_count_against_Receive_Maximum_until_PUBREL()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { ReceiveMaximum = 1 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("a", "1", qos: 2, packetId: 1);
        await client.ReceiveAckAsync(MqttPacketType.PubRec);
        await client.SendAckAsync(MqttPacketType.PubRel, 1);
        await client.ReceiveAckAsync(MqttPacketType.PubComp);
        await client.PublishAsync("a", "2", qos: 2, packetId: 2);
        await client.ReceiveAckAsync(MqttPacketType.PubRec);
        await client.PublishAsync("a", "3", qos: 1, packetId: 3);

        await client.ExpectDisconnectAsync(MqttReasonCode.ReceiveMaximumExceeded);
    }

    [Fact]
    public async Task A_3_1_1_client_beyond_the_limit_is_only_not_read()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { ReceiveMaximum = 2 });
        var handler = TestHandler.Deferring();
        using var registration = host.Broker.AddHandler("#", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "old", MqttProtocolVersion.V311);

        for (ushort id = 1; id <= 4; id++)
        {
            await client.PublishAsync("a", $"{id}", qos: 1, packetId: id);
        }

        for (ushort id = 1; id <= 4; id++)
        {
            (await handler.NextDeferredAsync()).Complete(MqttReasonCode.Success);
            Assert.Equal(id, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
        }
    }

    [Fact]
    public async Task No_more_than_the_clients_Receive_Maximum_is_in_flight_to_it()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(
            host.TcpPort, "sub", properties: new MqttPropertyBuilder().Add(MqttPropertyId.ReceiveMaximum, 2));
        await subscriber.SubscribeAsync("a", qos: 1);
        for (var i = 1; i <= 4; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = new[] { (byte)('0' + i) }, QualityOfService = MqttQualityOfService.AtLeastOnce });
        }

        var first = await subscriber.ReceivePublishAsync();
        Assert.Equal("2", (await subscriber.ReceivePublishAsync()).PayloadText());
        await subscriber.ExpectNothingAsync();
        await subscriber.SendAckAsync(MqttPacketType.PubAck, first.PacketId);

        Assert.Equal("3", (await subscriber.ReceivePublishAsync()).PayloadText());
        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    public async Task Topic_aliases_from_a_client_are_resolved()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub");
        await subscriber.SubscribeAsync("#");
        await using var publisher = await RawClient.ConnectAsync(host.TcpPort, "pub");

        await publisher.PublishAsync("yard/7", "1", properties: Alias(2));
        await publisher.PublishAsync("", "2", properties: Alias(2));
        await publisher.PublishAsync("yard/8", "3", properties: Alias(2));
        await publisher.PublishAsync("", "4", properties: Alias(2));

        Assert.Equal("yard/7", (await subscriber.ReceivePublishAsync()).TopicText());
        Assert.Equal("yard/7", (await subscriber.ReceivePublishAsync()).TopicText());
        Assert.Equal("yard/8", (await subscriber.ReceivePublishAsync()).TopicText());
        Assert.Equal("yard/8", (await subscriber.ReceivePublishAsync()).TopicText());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(17u)]
    public async Task A_topic_alias_out_of_range_is_answered_with_0x94(uint alias)
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { TopicAliasMaximum = 16 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.SendAsync([0x30, 8, 0, 1, (byte)'a', 3, 0x23, 0, (byte)alias, (byte)'x']);

        await client.ExpectDisconnectAsync(MqttReasonCode.TopicAliasInvalid);
    }

    [Fact]
    public async Task A_topic_alias_that_was_never_given_is_a_protocol_error()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("", "x", properties: Alias(3));

        await client.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task The_broker_uses_aliases_towards_a_client_that_allows_them()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(
            host.TcpPort, "sub", properties: new MqttPropertyBuilder().Add(MqttPropertyId.TopicAliasMaximum, 1));
        await subscriber.SubscribeAsync("#");
        foreach (var topic in new[] { "a", "a", "b", "a" })
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = topic });
        }

        var first = await subscriber.ReceivePublishAsync();
        Assert.Equal(("a", 1u), (first.TopicText(), first.Properties.GetNumber(MqttPropertyId.TopicAlias)));
        var second = await subscriber.ReceivePublishAsync();
        Assert.Equal(("", 1u), (second.TopicText(), second.Properties.GetNumber(MqttPropertyId.TopicAlias)));
        var other = await subscriber.ReceivePublishAsync();
        Assert.Equal(("b", null), (other.TopicText(), other.Properties.GetNumber(MqttPropertyId.TopicAlias)));
        Assert.Equal("", (await subscriber.ReceivePublishAsync()).TopicText());
    }

    [Fact]
    public async Task Properties_travel_unaltered_and_in_order()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub");
        await subscriber.SubscribeAsync("a", qos: 1);
        await using var publisher = await RawClient.ConnectAsync(host.TcpPort, "pub");
        var properties = new MqttPropertyBuilder().AddUser("k", "1").Add(MqttPropertyId.TopicAlias, 1).AddUser("k", "2")
            .Add(MqttPropertyId.ContentType, "text").Add(MqttPropertyId.ResponseTopic, "r").Add(MqttPropertyId.CorrelationData, "c"u8)
            .Add(MqttPropertyId.PayloadFormatIndicator, 1);

        await publisher.PublishAsync("a", "x", qos: 1, packetId: 1, properties: properties);

        var received = (await subscriber.ReceivePublishAsync()).Properties;
        Assert.Equal([new("k", "1"), new("k", "2")], received.GetUserProperties());
        Assert.Equal("text", received.GetString(MqttPropertyId.ContentType));
        Assert.Equal("r", received.GetString(MqttPropertyId.ResponseTopic));
        Assert.Equal("c"u8, received.GetBytes(MqttPropertyId.CorrelationData)!.Value.Span);
        Assert.Equal(1u, received.GetNumber(MqttPropertyId.PayloadFormatIndicator));
        Assert.Null(received.GetNumber(MqttPropertyId.TopicAlias));
    }

    [Fact]
    public async Task A_message_expires_while_it_waits_and_what_is_left_is_told()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        var persistent = new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 3600);
        await using (var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub", properties: persistent))
        {
            await subscriber.SubscribeAsync("a", qos: 1);
            await subscriber.DisconnectAsync();
            await subscriber.ExpectClosedAsync();
        }

        await Publish("short", 5);
        await Publish("long", 60);
        time.Advance(TimeSpan.FromSeconds(20));
        await using var back = await RawClient.ConnectAsync(host.TcpPort, "sub", connect: new MqttConnectPacket(), properties: persistent);

        var received = await back.ReceivePublishAsync();
        Assert.Equal(("long", 40u), (received.PayloadText(), received.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval)));
        await back.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.MessagesExpired);

        async Task Publish(string payload, int seconds) => await host.Broker.PublishAsync(new MqttMessage
        {
            Topic = "a", Payload = System.Text.Encoding.UTF8.GetBytes(payload), QualityOfService = MqttQualityOfService.AtLeastOnce, MessageExpiry = TimeSpan.FromSeconds(seconds),
        });
    }

    [Fact]
    public async Task A_message_larger_than_the_client_takes_is_not_sent_to_it()
    {
        await using var host = await TestBroker.StartAsync();
        await using var subscriber = await RawClient.ConnectAsync(
            host.TcpPort, "sub", properties: new MqttPropertyBuilder().Add(MqttPropertyId.MaximumPacketSize, 100));
        await subscriber.SubscribeAsync("a", qos: 1);

        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[200], QualityOfService = MqttQualityOfService.AtLeastOnce });
        await host.Broker.PublishAsync(new MqttMessage { Topic = "a", Payload = new byte[20], QualityOfService = MqttQualityOfService.AtLeastOnce });

        Assert.Equal(20, (await subscriber.ReceivePublishAsync()).Payload.Length);
        Assert.Equal(1, host.Broker.Counters.MessagesDropped);
    }

    [Fact]
    public async Task A_PUBACK_says_when_nobody_subscribes()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("nobody", "x", qos: 1, packetId: 1);

        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
    }

    [Fact]
    public async Task A_topic_with_a_wildcard_is_answered_with_0x90()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("a/+", "x");

        await client.ExpectDisconnectAsync(MqttReasonCode.TopicNameInvalid);
    }

    [Fact]
    public async Task Clients_do_not_publish_under_SYS()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("$SYS/uptime", "x", qos: 1, packetId: 1);

        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
    }

    [Fact]
    public async Task Every_alias_up_to_the_maximum_is_accepted()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { TopicAliasMaximum = 16 });
        await using var subscriber = await RawClient.ConnectAsync(host.TcpPort, "sub");
        await subscriber.SubscribeAsync("#");
        await using var publisher = await RawClient.ConnectAsync(host.TcpPort, "pub");

        for (uint alias = 1; alias <= 16; alias++)
        {
            await publisher.PublishAsync($"t{alias}", "", properties: Alias(alias));
            await publisher.PublishAsync("", "", properties: Alias(alias));
        }

        for (var alias = 1; alias <= 16; alias++)
        {
            Assert.Equal($"t{alias}", (await subscriber.ReceivePublishAsync()).TopicText());
            Assert.Equal($"t{alias}", (await subscriber.ReceivePublishAsync()).TopicText());
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(4096)]
    public async Task Packets_that_end_where_a_receive_buffer_ends_are_all_taken_at_once(int packetLength)
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "aligned", MqttProtocolVersion.V311);
        var fixedLength = packetLength < 130 ? 2 : 3;
        const int bytes = 64 * 1024;

        await client.SendAsync(output =>
        {
            for (var i = 1; i <= bytes / packetLength; i++)
            {
                MqttPacketWriter.WritePublish(output, new MqttPublishPacket
                {
                    Topic = "a"u8.ToArray(), Payload = new byte[packetLength - fixedLength - 5], QualityOfService = MqttQualityOfService.AtLeastOnce, PacketId = (ushort)i,
                }, client.Version);
            }
        });

        for (var i = 1; i <= bytes / packetLength; i++)
        {
            Assert.Equal(i, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
        }
    }

    private static MqttPropertyBuilder Alias(uint alias) => new MqttPropertyBuilder().Add(MqttPropertyId.TopicAlias, alias);
}
