using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>In-process handlers and the acknowledgements they give.</summary>
public sealed class ServerHandlerTests
{
    [Fact]
    public async Task PUBACK_waits_for_the_deferred_completion_and_carries_its_reason()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = TestHandler.Deferring();
        using var registration = host.Broker.AddHandler("up/#", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("up/1", "x", qos: 1, packetId: 3);
        var deferred = await handler.NextDeferredAsync();
        await client.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.DeferredAcknowledgements);

        Assert.True(deferred.Complete(MqttReasonCode.PayloadFormatInvalid));

        var ack = await client.ReceiveAckAsync(MqttPacketType.PubAck);
        Assert.Equal((3, MqttReasonCode.PayloadFormatInvalid), (ack.PacketId, ack.ReasonCode));
        Assert.False(deferred.Complete(MqttReasonCode.Success));
        Assert.Equal(0, host.Broker.Counters.DeferredAcknowledgements);
    }

    [Fact]
    public async Task Deferred_acknowledgements_leave_in_the_order_of_the_publishes()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = TestHandler.Deferring();
        using var registration = host.Broker.AddHandler("up", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("up", "1", qos: 1, packetId: 1);
        await client.PublishAsync("up", "2", qos: 2, packetId: 2);
        await client.PublishAsync("other", "3", qos: 1, packetId: 3);
        var first = await handler.NextDeferredAsync();
        var second = await handler.NextDeferredAsync();

        second.Complete(MqttReasonCode.Success);
        await client.ExpectNothingAsync();
        first.Complete(MqttReasonCode.Success);

        Assert.Equal(1, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
        Assert.Equal(2, (await client.ReceiveAckAsync(MqttPacketType.PubRec)).PacketId);
        Assert.Equal(3, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
    }

    [Fact]
    public async Task Two_handlers_that_defer_one_publish_answer_together_with_the_failure()
    {
        await using var host = await TestBroker.StartAsync();
        var one = TestHandler.Deferring();
        var two = TestHandler.Deferring();
        using var first = host.Broker.AddHandler("up", one);
        using var second = host.Broker.AddHandler("#", two);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("up", "x", qos: 1, packetId: 1);

        (await one.NextDeferredAsync()).Complete(MqttReasonCode.QuotaExceeded);
        await client.ExpectNothingAsync();
        (await two.NextDeferredAsync()).Complete(MqttReasonCode.Success);

        Assert.Equal(MqttReasonCode.QuotaExceeded, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
    }

    [Fact]
    public async Task Pings_are_answered_while_a_handler_is_busy_and_publishes_wait_in_order()
    {
        await using var host = await TestBroker.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new TestHandler(async _ => await gate.Task);
        using var registration = host.Broker.AddHandler("slow", handler);
        await using var slow = await RawClient.ConnectAsync(host.TcpPort, "slow");
        await using var quick = await RawClient.ConnectAsync(host.TcpPort, "quick");

        for (ushort id = 1; id <= 4; id++)
        {
            await slow.PublishAsync("slow", $"{id}", qos: 1, packetId: id);
            await slow.SendAsync(0xC0, 0);
            await slow.ReceiveAsync(MqttPacketType.PingResp);
        }

        await quick.ExpectNothingAsync();
        Assert.False(handler.HasMore);
        gate.SetResult();

        for (ushort id = 1; id <= 4; id++)
        {
            Assert.Equal(id, (await slow.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
            Assert.Equal($"slow {id}", await handler.NextAsync());
        }

        // No ping is answered twice.
        await slow.PublishAsync("slow", "5", qos: 1, packetId: 5);
        Assert.Equal(5, (await slow.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
        await slow.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_connection_whose_publish_waits_is_read_ahead_no_further_than_allowed()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { ReadAheadBytes = 0 });
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = host.Broker.AddHandler("slow", new TestHandler(async _ =>
        {
            entered.TrySetResult();
            await gate.Task;
        }));
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("slow", "x", qos: 1, packetId: 1);
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync(0xC0, 0);
        gate.SetResult();

        await client.ReceiveAckAsync(MqttPacketType.PubAck);
        await client.ReceiveAsync(MqttPacketType.PingResp);
    }

    [Fact]
    public async Task What_is_no_packet_behind_a_publish_that_waits_ends_the_connection_in_its_turn()
    {
        await using var host = await TestBroker.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = host.Broker.AddHandler("slow", new TestHandler(async _ => await gate.Task));
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("slow", "x", qos: 1, packetId: 1);
        await client.SendAsync(0xC0, 0, 0x00, 0);
        await client.ReceiveAsync(MqttPacketType.PingResp);
        gate.SetResult();

        await client.ReceiveAckAsync(MqttPacketType.PubAck);
        await client.ExpectDisconnectAsync(MqttReasonCode.MalformedPacket);
    }

    [Fact]
    public async Task A_client_that_goes_while_its_publish_waits_is_forgotten_when_the_handler_returns()
    {
        await using var host = await TestBroker.StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new TestHandler(async _ => await gate.Task);
        using var registration = host.Broker.AddHandler("slow", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("slow", "x", qos: 1, packetId: 1);
        await client.ExpectNothingAsync();

        client.Cut();
        gate.SetResult();

        Assert.Equal("slow x", await handler.NextAsync());
        await Eventually.HoldsAsync(() => host.Broker.Counters.Connections == 0, "the connection is gone");
    }

    [Fact]
    public async Task A_handler_that_throws_is_answered_with_0x83_and_counted()
    {
        await using var host = await TestBroker.StartAsync();
        using var registration = host.Broker.AddHandler("up", new TestHandler(_ => throw new InvalidOperationException("broken")));
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.PublishAsync("up", "x", qos: 1, packetId: 1);

        Assert.Equal(MqttReasonCode.ImplementationSpecificError, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
        Assert.Equal(1, host.Broker.Counters.HandlerFailures);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttReasonCode.ImplementationSpecificError, false)]
    [InlineData(MqttReasonCode.PayloadFormatInvalid, true)]
    public async Task A_3_1_1_client_is_acknowledged_or_closed_according_to_the_failure(MqttReasonCode reason, bool isAcknowledged)
    {
        await using var host = await TestBroker.StartAsync();
        using var registration = host.Broker.AddHandler("up", TestHandler.Answering(reason));
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", MqttProtocolVersion.V311);

        await client.PublishAsync("up", "x", qos: 1, packetId: 1);

        if (isAcknowledged)
        {
            await client.ReceiveAckAsync(MqttPacketType.PubAck);
        }
        else
        {
            await client.ExpectClosedAsync();
        }
    }

    [Fact]
    public async Task A_message_that_a_handler_refuses_goes_to_nobody()
    {
        await using var host = await TestBroker.StartAsync();
        using var registration = host.Broker.AddHandler("up", TestHandler.Answering(MqttReasonCode.NotAuthorized));
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.SubscribeAsync("up");

        await client.PublishAsync("up", "x", qos: 1, packetId: 1, retain: true);

        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
        await client.ExpectNothingAsync();
        Assert.Equal(0, host.Broker.Counters.RetainedMessages);
    }

    [Fact]
    public async Task A_disposed_registration_is_called_no_more()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = new TestHandler();
        var registration = host.Broker.AddHandler("up", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("up", "1");
        Assert.Equal("up 1", await handler.NextAsync());

        registration.Dispose();
        await client.PublishAsync("up", "2");

        await client.ExpectNothingAsync();
        Assert.False(handler.HasMore);
    }

    [Fact]
    public async Task A_repeat_on_a_new_connection_gets_the_answer_of_the_QoS_2_publish_the_handler_still_has()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = TestHandler.Deferring();
        using var registration = host.Broker.AddHandler("up", handler);
        var persistent = new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 60);
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "c", properties: persistent);
        await first.PublishAsync("up", "x", qos: 2, packetId: 4);
        var deferred = await handler.NextDeferredAsync();
        first.Cut();
        await using var back = await RawClient.ConnectAsync(host.TcpPort, "c", connect: new MqttConnectPacket(), properties: persistent);
        await back.PublishAsync("up", "x", qos: 2, packetId: 4, duplicate: true);
        await back.ExpectNothingAsync();

        deferred.Complete(MqttReasonCode.Success);

        Assert.Equal(4, (await back.ReceiveAckAsync(MqttPacketType.PubRec)).PacketId);
        await back.SendAckAsync(MqttPacketType.PubRel, 4);
        Assert.Equal(MqttReasonCode.Success, (await back.ReceiveAckAsync(MqttPacketType.PubComp)).ReasonCode);
    }
}
