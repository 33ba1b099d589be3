using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class ConnectionLossTests : ClientFixture
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_link_that_says_nothing_is_given_up_within_one_and_a_half_keep_alives()
    {
        var time = new ManualTime();
        var (client, peer) = await ConnectAsync(Timed(time));
        var ended = NextDisconnection(client);
        await time.AdvanceAsync(TimeSpan.FromSeconds(5.5), Step);
        await peer.ReadAsync(MqttPacketType.PingReq);
        Assert.False(ended.IsCompleted);
        await time.AdvanceAsync(TimeSpan.FromSeconds(9.5), Step);
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, (await Within.Time(ended)).Reason);
    }

    [Fact]
    public async Task A_dead_link_is_noticed_although_the_client_keeps_sending()
    {
        var time = new ManualTime();
        var (client, _) = await ConnectAsync(Timed(time));
        var ended = NextDisconnection(client);
        for (var second = 0; second < 15 && !ended.IsCompleted; second++)
        {
            await client.PublishAsync(Message("a", "x", 0));
            await time.AdvanceAsync(TimeSpan.FromSeconds(1), Step);
        }

        Assert.Equal(MqttReasonCode.KeepAliveTimeout, (await Within.Time(ended)).Reason);
    }

    [Fact]
    public async Task A_link_that_answers_pings_lives()
    {
        var time = new ManualTime();
        var (client, peer) = await ConnectAsync(Timed(time));
        for (var i = 0; i < 8; i++)
        {
            await time.AdvanceAsync(TimeSpan.FromSeconds(7.5), Step);
            await peer.ReadAsync(MqttPacketType.PingReq);
            await peer.SendPingRespAsync();
        }

        Assert.Equal(MqttClientState.Connected, client.State);
    }

    [Fact]
    public async Task The_servers_keep_alive_counts()
    {
        var time = new ManualTime();
        var (_, peer) = await ConnectAsync(Timed(time), new ConnAck { Properties = p => p.Add(MqttPropertyId.ServerKeepAlive, 2) });
        await time.AdvanceAsync(TimeSpan.FromSeconds(1.1), Step);
        await peer.ReadAsync(MqttPacketType.PingReq);
    }

    [Fact]
    public async Task A_disconnect_of_the_server_is_reported_with_everything_it_says()
    {
        var (client, peer) = await ConnectAsync();
        var ended = NextDisconnection(client);
        await peer.SendDisconnectAsync(MqttReasonCode.UseAnotherServer, p => p
            .Add(MqttPropertyId.ServerReference, "other").Add(MqttPropertyId.ReasonString, "maintenance"));
        var end = await Within.Time(ended);
        Assert.Equal(
            (MqttReasonCode.UseAnotherServer, true, true, "other", "maintenance"),
            (end.Reason, end.ByServer, end.WillReconnect, end.ServerReference, end.ReasonString));
        Assert.Null(await peer.TryReadAsync()); // and the client has closed
    }

    [Fact]
    public async Task Delays_between_attempts_grow_up_to_the_maximum_and_a_short_connection_counts_as_failed()
    {
        var time = new ManualTime();
        var client = Create(Server.Options with
        {
            TimeProvider = time,
            ConnectTimeout = TimeSpan.FromHours(1),
            Random = static () => 0.5,
            Reconnect = new MqttReconnectOptions
            {
                InitialDelay = TimeSpan.FromSeconds(1),
                MaximumDelay = TimeSpan.FromSeconds(8),
                StableAfter = TimeSpan.FromMinutes(1),
            },
        });
        var connecting = client.ConnectAsync();
        (await Server.AcceptConnectedAsync()).Dispose();
        await Within.Time(connecting);
        var delays = new List<TimeSpan>();
        for (var attempt = 0; attempt < 6; attempt++)
        {
            var before = time.GetTimestamp();
            var accepting = Server.AcceptConnectedAsync();
            for (var i = 0; i < 1000 && !accepting.IsCompleted; i++)
            {
                await time.AdvanceAsync(TimeSpan.FromMilliseconds(100), Step);
            }

            delays.Add(time.GetElapsedTime(before));
            var ended = NextDisconnection(client);
            (await accepting).Dispose();
            await Within.Time(ended);
        }

        Assert.True(delays[^1] > delays[0], string.Join(", ", delays));
        Assert.All(delays, static delay => Assert.InRange(delay, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public async Task Thousands_of_failed_attempts_do_not_end_the_attempts()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { SessionExpiry = TimeSpan.FromHours(1) });
        peer.Dispose();
        for (var attempt = 0; attempt < 1500; attempt++) // 1 to 2 ms apart; exponents beyond what a number holds
        {
            (await Server.AcceptAsync()).Dispose();
        }

        peer = await Server.AcceptConnectedAsync();
        await client.PublishAsync(Message("a", "x", 0));
        await peer.ReadPublishAsync();
    }

    [Fact]
    public async Task Without_reconnection_the_client_is_closed_by_the_first_loss()
    {
        var options = Server.Options;
        var (client, peer) = await ConnectAsync(options with { Reconnect = options.Reconnect with { Enabled = false } });
        var ended = NextDisconnection(client);
        var waiting = client.PublishAsync(Message("a", "x", 1));
        peer.Dispose();
        Assert.False((await Within.Time(ended)).WillReconnect);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(waiting));
        Assert.Equal(MqttClientState.Closed, client.State);
        Assert.Throws<MqttConnectionLostException>(() => { _ = client.PublishAsync(Message("a", "x", 0)).AsTask(); });
    }

    [Fact]
    public async Task Event_handlers_that_throw_do_no_harm()
    {
        var client = Create(Server.Options);
        client.Connected += static _ => throw new InvalidOperationException("connected");
        client.Disconnected += static _ => throw new InvalidOperationException("disconnected");
        var connecting = client.ConnectAsync();
        (await Server.AcceptConnectedAsync()).Dispose();
        await Within.Time(connecting);
        await Server.AcceptConnectedAsync();
    }

    [Fact]
    public async Task Disposal_says_goodbye_after_what_was_published()
    {
        var (client, peer) = await ConnectAsync();
        await client.PublishAsync(Message("a", "last", 0));
        await Within.Time(client.DisposeAsync().AsTask());
        Assert.Equal("last", Text((await peer.ReadPublishAsync()).Payload));
        Assert.Equal(MqttReasonCode.Success, await peer.ReadDisconnectAsync());
        Assert.Equal(MqttClientState.Disposed, client.State);
        Assert.Throws<ObjectDisposedException>(() => { _ = client.PublishAsync(Message("a", "x", 0)).AsTask(); });
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_is_bounded_although_the_server_reads_nothing_and_a_handler_never_returns()
    {
        var (client, peer) = await ConnectAsync(Server.Options with { DisposeTimeout = TimeSpan.FromMilliseconds(500) });
        var subscribing = client.SubscribeAsync("a", static async (_, _) => await Task.Delay(Timeout.Infinite, CancellationToken.None));
        await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
        await peer.SendPublishAsync("a", "x", 1, 1);
        var publishing = Enumerable.Range(0, 200).Select(_ => client.PublishAsync(Message("a", new string('x', 100_000), 0)).AsTask()).ToArray();
        await client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(Task.WhenAll(publishing)));
    }

    [Fact]
    public async Task Disconnecting_with_a_reason_asks_for_the_will()
    {
        var (client, peer) = await ConnectAsync();
        await Within.Time(client.DisconnectAsync(MqttReasonCode.DisconnectWithWillMessage));
        Assert.Equal(MqttReasonCode.DisconnectWithWillMessage, await peer.ReadDisconnectAsync());
        Assert.Equal(MqttClientState.Closed, client.State);
    }

    [Fact]
    public async Task Disposing_while_connecting_ends_both()
    {
        var client = Create(Server.Options);
        var connecting = client.ConnectAsync();
        await Server.AcceptAsync();
        await Within.Time(client.DisposeAsync().AsTask());
        await Assert.ThrowsAnyAsync<Exception>(() => Within.Time(connecting));
    }

    private MqttClientOptions Timed(ManualTime time) => Server.Options with
    {
        TimeProvider = time,
        KeepAlive = TimeSpan.FromSeconds(10),
        ConnectTimeout = TimeSpan.FromHours(1),
    };

    private static Task<MqttDisconnection> NextDisconnection(MqttClient client)
    {
        var ended = new TaskCompletionSource<MqttDisconnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Disconnected += disconnection => ended.TrySetResult(disconnection);
        return ended.Task;
    }
}
