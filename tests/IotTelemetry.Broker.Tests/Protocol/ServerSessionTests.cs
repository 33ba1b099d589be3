using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>Sessions that outlive their connections (MQTT 5.0 sections 3.1.2.11.2, 4.1, 4.4).</summary>
public sealed class ServerSessionTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Messages_of_an_absent_client_wait_for_it_in_order(MqttProtocolVersion version)
    {
        await using var host = await TestBroker.StartAsync();
        await LeaveAsync(host, version);
        await PublishAsync(host, "1", "2", "3");

        await using var back = await ConnectAsync(host, version);

        Assert.True(back.ConnAck.SessionPresent);
        Assert.Equal("1", (await back.ReceivePublishAsync()).PayloadText());
        Assert.Equal("2", (await back.ReceivePublishAsync()).PayloadText());
        Assert.Equal("3", (await back.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task A_clean_start_ends_the_old_session()
    {
        await using var host = await TestBroker.StartAsync();
        await LeaveAsync(host);
        await PublishAsync(host, "1");

        await using var back = await RawClient.ConnectAsync(host.TcpPort, "sub");

        Assert.False(back.ConnAck.SessionPresent);
        await back.ExpectNothingAsync();
        Assert.Equal(0, host.Broker.Counters.Subscriptions);
        Assert.Equal(0, host.Broker.Counters.QueuedMessages);
    }

    [Fact]
    public async Task A_session_ends_when_its_expiry_is_over()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await LeaveAsync(host);
        Assert.Equal(1, host.Broker.Counters.Sessions);

        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(0, host.Broker.Counters.Sessions);
        Assert.Equal(0, host.Broker.Counters.Subscriptions);
    }

    [Fact]
    public async Task A_session_without_expiry_ends_with_its_connection()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("a");

        client.Cut();

        await Eventually.HoldsAsync(() => host.Broker.Counters is { Sessions: 0, Subscriptions: 0, Connections: 0 }, "the session is gone");
    }

    [Fact]
    public async Task Unacknowledged_messages_are_sent_again_with_DUP_and_their_identifiers()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await ConnectAsync(host);
        await first.SubscribeAsync("a", qos: 2);
        await PublishAsync(host, "1", "2");
        var one = await first.ReceivePublishAsync();
        var two = await first.ReceivePublishAsync();
        await first.SendAckAsync(MqttPacketType.PubRec, one.PacketId);
        await first.ReceiveAckAsync(MqttPacketType.PubRel);
        first.Cut();

        await using var back = await ConnectAsync(host);

        Assert.Equal(one.PacketId, (await back.ReceiveAckAsync(MqttPacketType.PubRel)).PacketId);
        var again = await back.ReceivePublishAsync();
        Assert.Equal((two.PacketId, true, "2"), (again.PacketId, again.Duplicate, again.PayloadText()));
    }

    [Fact]
    public async Task A_QoS_2_identifier_is_remembered_over_a_reconnect()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = new TestHandler();
        using var registration = host.Broker.AddHandler("a", handler);
        await using var first = await ConnectAsync(host);
        await first.PublishAsync("a", "once", qos: 2, packetId: 9);
        await first.ReceiveAckAsync(MqttPacketType.PubRec);
        first.Cut();

        await using var back = await ConnectAsync(host);
        await back.PublishAsync("a", "once", qos: 2, packetId: 9, duplicate: true);
        await back.ReceiveAckAsync(MqttPacketType.PubRec);

        Assert.Equal("a once", await handler.NextAsync());
        Assert.False(handler.HasMore);
    }

    [Fact]
    public async Task More_in_flight_than_the_next_connection_takes_is_sent_in_turn()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await ConnectAsync(host);
        await first.SubscribeAsync("a", qos: 1);
        await PublishAsync(host, "1", "2", "3");
        for (var i = 0; i < 3; i++)
        {
            await first.ReceivePublishAsync();
        }

        first.Cut();
        await using var back = await RawClient.ConnectAsync(
            host.TcpPort, "sub", connect: new MqttConnectPacket(), properties: Persistent().Add(MqttPropertyId.ReceiveMaximum, 1));

        var one = await back.ReceivePublishAsync();
        await back.ExpectNothingAsync();
        await back.SendAckAsync(MqttPacketType.PubAck, one.PacketId);
        Assert.Equal("2", (await back.ReceivePublishAsync()).PayloadText());
    }

    [Theory]
    [InlineData(MqttQueueFullPolicy.DropOldest, "2", "3")]
    [InlineData(MqttQueueFullPolicy.DropNewest, "1", "2")]
    public async Task A_full_queue_drops_by_the_stated_policy(MqttQueueFullPolicy policy, string first, string second)
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { SessionQueueMessages = 2, QueueFull = policy });
        await LeaveAsync(host);
        await PublishAsync(host, "1", "2", "3");

        await using var back = await ConnectAsync(host);

        Assert.Equal(first, (await back.ReceivePublishAsync()).PayloadText());
        Assert.Equal(second, (await back.ReceivePublishAsync()).PayloadText());
        await back.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.MessagesDropped);
    }

    [Fact]
    public async Task A_queue_is_bounded_in_bytes_too()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { SessionQueueBytes = 10 });
        await LeaveAsync(host);
        await PublishAsync(host, "12345678", "abcdefgh");

        await using var back = await ConnectAsync(host);

        Assert.Equal("abcdefgh", (await back.ReceivePublishAsync()).PayloadText());
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task The_session_nearest_to_its_end_makes_room_when_there_are_too_many()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumOfflineSessions = 1 });
        await LeaveAsync(host, id: "short", expiry: 10);
        await LeaveAsync(host, id: "long", expiry: 100);

        Assert.Equal(1, host.Broker.Counters.Sessions);
        await using var back = await RawClient.ConnectAsync(host.TcpPort, "long", connect: new MqttConnectPacket());
        Assert.True(back.ConnAck.SessionPresent);
    }

    [Fact]
    public async Task A_client_that_does_not_read_loses_QoS_0_messages_and_holds_up_nobody()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumOutgoingBytes = 64 * 1024 });
        await using var stuck = await RawClient.ConnectAsync(host.TcpPort, "stuck");
        await stuck.SubscribeAsync("flood");
        await using var other = await RawClient.ConnectAsync(host.TcpPort, "other");
        await other.SubscribeAsync("other");
        var payload = new byte[32 * 1024];

        for (var i = 0; i < 2000 && host.Broker.Counters.MessagesDropped == 0; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = "flood", Payload = payload });
        }

        Assert.True(host.Broker.Counters.MessagesDropped > 0);
        await host.Broker.PublishAsync(new MqttMessage { Topic = "other" });
        await other.ReceivePublishAsync();
    }

    [Fact]
    public async Task A_client_that_reads_again_gets_the_QoS_1_messages_that_waited()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumOutgoingBytes = 64 * 1024 });
        await using var slow = await RawClient.ConnectAsync(host.TcpPort, "slow");
        await slow.SubscribeAsync("flood", qos: 1);
        const int count = 500;
        for (var i = 0; i < count; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage { Topic = "flood", Payload = new byte[20 * 1024], QualityOfService = MqttQualityOfService.AtLeastOnce });
        }

        for (var i = 0; i < count; i++)
        {
            var publish = await slow.ReceivePublishAsync();
            await slow.SendAckAsync(MqttPacketType.PubAck, publish.PacketId);
        }

        Assert.Equal(0, host.Broker.Counters.MessagesDropped);
    }

    private static MqttPropertyBuilder Persistent(uint seconds = 60) => new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, seconds);

    private static Task<RawClient> ConnectAsync(TestBroker host, MqttProtocolVersion version = MqttProtocolVersion.V500, string id = "sub", uint expiry = 60) =>
        RawClient.ConnectAsync(host.TcpPort, id, version, new MqttConnectPacket(), version == MqttProtocolVersion.V500 ? Persistent(expiry) : null);

    /// <summary>A client subscribes to "a" with QoS 1 in a session that stays, and leaves.</summary>
    private static async Task LeaveAsync(TestBroker host, MqttProtocolVersion version = MqttProtocolVersion.V500, string id = "sub", uint expiry = 60)
    {
        await using var client = await ConnectAsync(host, version, id, expiry);
        await client.SubscribeAsync("a", qos: 1);
        await client.DisconnectAsync();
        await client.ExpectClosedAsync();
    }

    private static async Task PublishAsync(TestBroker host, params string[] payloads)
    {
        foreach (var payload in payloads)
        {
            await host.Broker.PublishAsync(new MqttMessage
            {
                Topic = "a", Payload = System.Text.Encoding.UTF8.GetBytes(payload), QualityOfService = MqttQualityOfService.ExactlyOnce,
            });
        }
    }
}
