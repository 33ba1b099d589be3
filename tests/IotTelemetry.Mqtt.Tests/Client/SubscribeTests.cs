using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class SubscribeTests : ClientFixture
{
    private static readonly MqttMessageHandler Ignore = static (_, _) => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_option_reaches_the_wire()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync(["a/+", "$share/g/b/#"], Ignore, new MqttSubscribeOptions
        {
            MaximumQualityOfService = MqttQualityOfService.ExactlyOnce,
            RetainAsPublished = true,
            RetainHandling = MqttRetainHandling.Never,
            UserProperties = [new MqttUserProperty("k", "v")],
        });
        var packet = await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
        Assert.Equal(["a/+", "$share/g/b/#"], packet.Subscriptions.Select(static subscription => Text(subscription.Filter)));
        Assert.All(packet.Subscriptions, static subscription => Assert.Equal(
            (MqttQualityOfService.ExactlyOnce, true, MqttRetainHandling.Never),
            (subscription.MaximumQualityOfService, subscription.RetainAsPublished, subscription.RetainHandling)));
        Assert.Equal(1u, packet.Properties.GetNumber(MqttPropertyId.SubscriptionIdentifier));
        Assert.Equal([new MqttUserProperty("k", "v")], packet.Properties.GetUserProperties());
    }

    [Fact]
    public async Task A_refused_subscription_throws_with_the_servers_reason()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync("a", Ignore);
        var packet = await peer.ReadAsync(MqttPacketType.Subscribe);
        await peer.SendRawAsync(new byte[] { 0x90, 4, packet.Body[0], packet.Body[1], 0, 0x87 });
        var exception = await Assert.ThrowsAsync<MqttSubscriptionRefusedException>(() => Within.Time(subscribing));
        Assert.Equal(MqttReasonCode.NotAuthorized, exception.Reason);
    }

    [Fact]
    public async Task A_subscription_made_before_connecting_tells_later_whether_it_was_accepted()
    {
        var client = Create(Server.Options);
        var accepted = await client.SubscribeAsync("a", Ignore);
        var refused = await client.SubscribeAsync("b", Ignore);
        _ = client.ConnectAsync();
        var peer = await Server.AcceptConnectedAsync();
        await peer.AcceptSubscribeAsync();
        var packet = await peer.ReadAsync(MqttPacketType.Subscribe);
        await peer.SendRawAsync(new byte[] { 0x90, 4, packet.Body[0], packet.Body[1], 0, 0x87 });
        await Within.Time(accepted.Accepted);
        await Assert.ThrowsAsync<MqttSubscriptionRefusedException>(() => Within.Time(refused.Accepted));
    }

    [Fact]
    public async Task If_one_of_several_filters_is_refused_the_others_are_taken_back()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync(["a", "b"], Ignore);
        var packet = await peer.ReadAsync(MqttPacketType.Subscribe);
        await peer.SendRawAsync(new byte[] { 0x90, 5, packet.Body[0], packet.Body[1], 0, 1, 0x87 });
        packet = await peer.ReadAsync(MqttPacketType.Unsubscribe);
        await peer.SendRawAsync(new byte[] { 0xB0, 5, packet.Body[0], packet.Body[1], 0, 0, 0 });
        await Assert.ThrowsAsync<MqttSubscriptionRefusedException>(() => Within.Time(subscribing));
    }

    [Fact]
    public async Task A_suback_with_the_wrong_number_of_reason_codes_is_a_protocol_error()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync("a", Ignore);
        var packet = await peer.ReadAsync(MqttPacketType.Subscribe);
        await peer.SendRawAsync(new byte[] { 0x90, 5, packet.Body[0], packet.Body[1], 0, 0, 0 });
        Assert.Equal(MqttReasonCode.ProtocolError, await peer.ReadDisconnectAsync());
        await (await Server.AcceptConnectedAsync()).AcceptSubscribeAsync(); // asked for again
        await Within.Time(subscribing);
    }

    [Fact]
    public async Task Subscriptions_are_made_again_when_the_session_is_gone_and_not_when_it_resumed()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { SessionExpiry = TimeSpan.FromHours(1) });
        var subscribing = client.SubscribeAsync("a", Ignore);
        await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
        peer.Dispose();

        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        await client.PublishAsync(Message("p", "x", 0));
        await peer.ReadPublishAsync(); // and not SUBSCRIBE
        peer.Dispose();

        peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: false));
        Assert.Equal("a", Text((await peer.AcceptSubscribeAsync()).Subscriptions[0].Filter));
    }

    [Fact]
    public async Task A_subscription_whose_suback_was_lost_is_asked_for_again()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync("a", Ignore);
        await peer.ReadAsync(MqttPacketType.Subscribe);
        peer.Dispose();
        peer = await Server.AcceptConnectedAsync();
        await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
    }

    [Fact]
    public async Task Disposing_a_subscription_unsubscribes_and_ends_its_handler()
    {
        var (client, peer) = await ConnectAsync();
        var handled = 0;
        var subscribing = client.SubscribeAsync(["a", "b"], (_, _) =>
        {
            handled++;
            return ValueTask.CompletedTask;
        });
        await peer.AcceptSubscribeAsync();
        var disposing = (await Within.Time(subscribing)).DisposeAsync().AsTask();
        var packet = await peer.ReadAsync(MqttPacketType.Unsubscribe);
        var unsubscribe = MqttPacketReader.ReadUnsubscribe(packet.Body, MqttProtocolVersion.V500);
        Assert.Equal(["a", "b"], unsubscribe.Filters.Select(Text));
        await peer.SendRawAsync(new byte[] { 0xB0, 5, packet.Body[0], packet.Body[1], 0, 0, 0 });
        await Within.Time(disposing);
        await peer.SendPublishAsync("a", "late", 1, 1);
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        Assert.Equal(0, handled);
    }

    [Fact]
    public async Task A_cancelled_subscription_is_taken_back()
    {
        var (client, peer) = await ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var subscribing = client.SubscribeAsync("a", Ignore, cancellationToken: cancel.Token);
        await peer.ReadAsync(MqttPacketType.Subscribe);
        await cancel.CancelAsync();
        var packet = await peer.ReadAsync(MqttPacketType.Unsubscribe);
        await peer.SendRawAsync(new byte[] { 0xB0, 4, packet.Body[0], packet.Body[1], 0, 0 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Time(subscribing));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/#/b")]
    [InlineData("a+")]
    [InlineData("$share/g")]
    [InlineData("$share//a")]
    [InlineData("$share/g+/a")]
    public async Task An_invalid_filter_is_refused_at_once(string filter)
    {
        await using var client = new MqttClient(Server.Options);
        await Assert.ThrowsAsync<ArgumentException>(() => client.SubscribeAsync(filter, Ignore));
    }

    [Fact]
    public async Task No_local_is_refused_on_a_shared_subscription()
    {
        await using var client = new MqttClient(Server.Options);
        await Assert.ThrowsAsync<ArgumentException>(
            () => client.SubscribeAsync("$share/g/a", Ignore, new MqttSubscribeOptions { NoLocal = true }));
    }

    [Fact]
    public async Task A_filter_is_subscribed_once()
    {
        await using var client = new MqttClient(Server.Options);
        await client.SubscribeAsync("a", Ignore);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SubscribeAsync("a", Ignore));
    }
}
