using System.Text;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>Will messages (MQTT 5.0 sections 3.1.2.5, 3.1.3.2, 3.14.4).</summary>
public sealed class ServerWillTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task A_will_is_published_when_the_connection_breaks(MqttProtocolVersion version)
    {
        await using var host = await TestBroker.StartAsync();
        await using var watcher = await WatchAsync(host);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", version, WithWill());

        client.Cut();

        Assert.Equal("gone", (await watcher.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task A_normal_DISCONNECT_takes_the_will_back()
    {
        await using var host = await TestBroker.StartAsync();
        await using var watcher = await WatchAsync(host);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", connect: WithWill());

        await client.DisconnectAsync();

        await client.ExpectClosedAsync();
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task DISCONNECT_0x04_publishes_the_will()
    {
        await using var host = await TestBroker.StartAsync();
        await using var watcher = await WatchAsync(host);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", connect: WithWill());

        await client.DisconnectAsync(MqttReasonCode.DisconnectWithWillMessage);

        Assert.Equal("gone", (await watcher.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task A_will_waits_for_its_delay_and_is_published_once()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await using var watcher = await WatchAsync(host);
        await LeaveAsync(host, delay: 20, expiry: 100);

        time.Advance(TimeSpan.FromSeconds(19));
        await watcher.ExpectNothingAsync();
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("gone", (await watcher.ReceivePublishAsync()).PayloadText());
        time.Advance(TimeSpan.FromSeconds(100));
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_client_that_comes_back_in_time_cancels_its_will()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await using var watcher = await WatchAsync(host);
        await LeaveAsync(host, delay: 20, expiry: 100);

        await using var back = await RawClient.ConnectAsync(host.TcpPort, "c", connect: new MqttConnectPacket());
        time.Advance(TimeSpan.FromSeconds(60));

        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_session_that_ends_before_the_delay_publishes_the_will_then()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await using var watcher = await WatchAsync(host);
        await LeaveAsync(host, delay: 100, expiry: 10);

        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("gone", (await watcher.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task A_clean_take_over_publishes_the_will_of_the_first_connection()
    {
        await using var host = await TestBroker.StartAsync();
        await using var watcher = await WatchAsync(host);
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "c", connect: WithWill(delay: 50));

        await using var second = await RawClient.ConnectAsync(host.TcpPort, "c");

        Assert.Equal("gone", (await watcher.ReceivePublishAsync()).PayloadText());
    }

    [Fact]
    public async Task A_will_can_be_retained_and_carries_its_properties()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", connect: WithWill(retain: true));
        client.Cut();
        await Eventually.HoldsAsync(() => host.Broker.Counters.RetainedMessages == 1, "the will is retained");

        await using var late = await WatchAsync(host);

        var will = await late.ReceivePublishAsync();
        Assert.True(will.Retain);
        Assert.Equal([new("why", "test")], will.Properties.GetUserProperties());
        Assert.Equal("text/plain", will.Properties.GetString(MqttPropertyId.ContentType));
    }

    [Fact]
    public async Task An_in_process_handler_sees_wills()
    {
        await using var host = await TestBroker.StartAsync();
        var handler = new TestHandler();
        using var registration = host.Broker.AddHandler("status/+", handler);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", connect: WithWill());

        client.Cut();

        Assert.Equal("status/c gone", await handler.NextAsync());
    }

    private static async Task<RawClient> WatchAsync(TestBroker host)
    {
        var watcher = await RawClient.ConnectAsync(host.TcpPort, "watcher");
        await watcher.SubscribeAsync("status/#");
        return watcher;
    }

    private static async Task LeaveAsync(TestBroker host, uint delay, uint expiry)
    {
        await using var client = await RawClient.ConnectAsync(
            host.TcpPort, "c", connect: WithWill(delay), properties: new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, expiry));
        client.Cut();
        await Eventually.HoldsAsync(() => host.Broker.Counters.Connections == 1, "the connection is gone");
    }

    private static MqttConnectPacket WithWill(uint delay = 0, bool retain = false) => new()
    {
        CleanStart = true,
        Will = new MqttWillPacket
        {
            Topic = Encoding.UTF8.GetBytes("status/c"),
            Payload = Encoding.UTF8.GetBytes("gone"),
            Retain = retain,
            Properties = new MqttPropertyBuilder().AddUser("why", "test").Add(MqttPropertyId.WillDelayInterval, delay)
                .Add(MqttPropertyId.ContentType, "text/plain").Build(),
        },
    };
}
