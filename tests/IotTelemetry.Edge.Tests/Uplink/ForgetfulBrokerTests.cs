using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;

namespace IotTelemetry.Edge.Tests.Uplink;

/// <summary>The promise holds through any broker: one that acknowledges frames and forgets them, repeats them, and hands on an old connection's after a new one's.</summary>
public sealed class ForgetfulBrokerTests
{
    [Fact]
    public async Task A_single_frame_that_was_acknowledged_and_forgotten_is_sent_again_and_the_cursor_never_passes_it()
    {
        await using var uplink = new RunningUplink(uplink: o => o with { ResendAfter = TimeSpan.FromMilliseconds(100) }, frames: 6);
        var cloud = new ForgetfulCloud(0) { IsHonest = true };
        var forgotten = false;
        uplink.Transport.Answer = m =>
        {
            if (!forgotten && m.Topic == RunningUplink.Topics.Telemetry && m.Seq == 3)
            {
                forgotten = true;
                return new PublishAnswer(true, "");
            }

            return cloud.Take(m);
        };
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(6);
        await uplink.Transport.SayAsync(cloud.Advance());
        await RunningUplink.EventuallyAsync(() => uplink.Outbox.Status().Depth == 4);
        Assert.Equal(3, cloud.LeftWithGateway);

        await DrainAsync(uplink, cloud);
        Assert.Equal(TestOutbox.Seqs(1, 6), cloud.Rows.Select(r => r.Seq));
    }

    [Fact]
    public async Task After_a_cloud_that_stored_nothing_for_long_live_frames_go_at_once_in_a_new_epoch()
    {
        await using var uplink = new RunningUplink(o => o with { LongBacklogFrames = 50 }, o => o with { ResendAfter = TimeSpan.FromMilliseconds(50) });
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextAsync();
        var old = uplink.Outbox.CurrentEpoch;
        uplink.Outbox.AppendMany(100);
        await RunningUplink.EventuallyAsync(() => uplink.Counters.Resends > 0);
        Assert.Equal(old, uplink.Outbox.CurrentEpoch);

        await uplink.Transport.StoreAsync(old, 10);
        await RunningUplink.EventuallyAsync(() => uplink.Outbox.CurrentEpoch != old);
        uplink.Outbox.AppendMany(1);
        await uplink.Transport.StoreAsync(uplink.Outbox.CurrentEpoch, 1);
        await RunningUplink.EventuallyAsync(() => uplink.Outbox.Epochs() is [{ ConfirmedSeq: 10 }, { ConfirmedSeq: 1 }]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Everything_that_entered_the_outbox_reaches_the_cloud_exactly_once_and_in_order(int seed)
    {
        var cloud = new ForgetfulCloud(seed);
        await using var uplink = new RunningUplink(o => o with { LongBacklogFrames = 120 }, Impatient);
        var appended = await RunAsync(uplink, cloud, seed);

        Assert.Equal(0UL, uplink.Outbox.Status().DroppedFrames);
        Assert.Equal(appended, cloud.Rows.Distinct().Count());
        AssertInOrder(cloud);
        Assert.True(cloud.Forgotten > 0 && cloud.LeftWithGateway > 0 && cloud.Positions > 0, $"seed {seed}: {cloud.Forgotten}, {cloud.LeftWithGateway}, {cloud.Positions}");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task What_a_full_outbox_drops_is_all_that_is_missing_and_holds_nothing_up(int seed)
    {
        var cloud = new ForgetfulCloud(seed);
        await using var uplink = new RunningUplink(o => o with { LongBacklogFrames = 1_000_000, SegmentBytes = 4096, MaximumBytes = OutboxOptions.SmallestMaximumBytes }, Impatient);
        var appended = await RunAsync(uplink, cloud, seed, burst: 150);

        var missing = appended - cloud.Rows.Distinct().Count();
        Assert.InRange(missing, 1, (int)uplink.Outbox.Status().DroppedFrames);
        AssertInOrder(cloud);
    }

    private static UplinkOptions Impatient(UplinkOptions options) => options with { ResendAfter = TimeSpan.FromMilliseconds(30), Window = 16, MaximumUnconfirmed = 64 };

    private static void AssertInOrder(ForgetfulCloud cloud) =>
        Assert.All(cloud.Rows.GroupBy(r => r.Epoch), epoch => Assert.Equal(epoch.Select(r => r.Seq).Distinct().Order(), epoch.Select(r => r.Seq)));

    /// <summary>Appends, connects, breaks, loses cursors; then everything becomes honest and the outbox drains.</summary>
    private static async Task<int> RunAsync(RunningUplink uplink, ForgetfulCloud cloud, int seed, int burst = 12)
    {
        var random = new Random(seed);
        var appended = 0;
        uplink.Transport.Answer = m => cloud.Take(m);
        await uplink.Transport.ConnectAsync();
        for (var round = 0; round < 60; round++)
        {
            var frames = random.Next(burst);
            uplink.Outbox.AppendMany(frames);
            appended += frames;
            await Task.Delay(random.Next(20));
            var cursor = cloud.Advance();
            if (random.Next(3) > 0)
            {
                await uplink.Transport.SayAsync(cursor);
            }

            if (random.Next(10) == 0)
            {
                await uplink.ReconnectAsync();
            }
        }

        await DrainAsync(uplink, cloud);
        return appended;
    }

    private static async Task DrainAsync(RunningUplink uplink, ForgetfulCloud cloud)
    {
        cloud.IsHonest = true;
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (uplink.Outbox.Status().Depth > 0)
        {
            await uplink.Transport.SayAsync(cloud.Advance());
            await Task.Delay(20, giveUp.Token);
        }
    }
}
