using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>What lies on the device itself, not in the page cache: a power cut takes the rest.</summary>
public sealed class OutboxPowerCutTests
{
    [CardFact]
    public void With_a_flush_for_every_frame_each_one_is_on_the_card_when_append_returns()
    {
        using var card = new CardImage(isLazy: true);
        using var outbox = Open(card, TimeSpan.Zero);
        for (var frames = 1; frames <= 3; frames++)
        {
            outbox.AppendMany(1);
            using var rest = card.PullOut();
            AssertHolds(rest, outbox.CurrentEpoch, frames);
        }
    }

    [CardFact]
    public void With_grouped_flushes_all_frames_are_on_the_card_after_each_round_of_upkeep_through_segments_and_epochs()
    {
        using var card = new CardImage(isLazy: true);
        using var outbox = Open(card, TimeSpan.FromMilliseconds(200));
        outbox.AppendMany(100);
        outbox.Maintain();
        var first = outbox.CurrentEpoch;
        outbox.BeginEpoch("the test wants one");
        outbox.AppendMany(7);
        outbox.Maintain();
        using var rest = card.PullOut();
        AssertHolds(rest, first, 100);
        AssertHolds(rest, outbox.CurrentEpoch, 7);
    }

    [CardFact]
    public async Task The_policy_s_rounds_come_by_themselves()
    {
        using var card = new CardImage(isLazy: true);
        using var outbox = Open(card, TimeSpan.FromMilliseconds(200));
        using var stop = new CancellationTokenSource();
        var upkeep = outbox.RunAsync(stop.Token);
        outbox.AppendMany(5);
        await RunningUplink.EventuallyAsync(() =>
        {
            using var rest = card.PullOut();
            return OutboxLoader.Load(Directory(rest), repair: false).Queues is [.., { LastSeq: 5 }];
        });
        await stop.CancelAsync();
        await upkeep;
    }

    private static string Directory(CardImage card) => Path.Combine(card.Path, "outbox");

    private static FrameOutbox Open(CardImage card, TimeSpan flush) => TestOutbox.Open(Directory(card), o => o with { FlushInterval = flush, SegmentBytes = 4096 });

    private static void AssertHolds(CardImage card, ulong epoch, int frames)
    {
        using var outbox = Open(card, TimeSpan.Zero);
        Assert.Equal(TestOutbox.Seqs(1, frames), outbox.ReadAll(epoch));
    }
}
