using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>Each start and each return of the link may begin an epoch; however many, disk and ledger stay small.</summary>
public sealed class ManyEpochsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Starts_during_an_outage_fill_no_more_of_the_disk_than_the_outbox_may_have()
    {
        var birth = new byte[8 * 1024];
        for (var start = 1; start <= 40; start++)
        {
            using var outbox = Open();
            outbox.SetBirth(birth, b => b.Span.SequenceEqual(birth));
            outbox.AppendMany(3);
        }

        var files = Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).Select(f => new FileInfo(f)).ToArray();
        Assert.InRange(files.Sum(f => f.Length), 0, OutboxOptions.SmallestMaximumBytes + (2 * birth.Length));
        Assert.InRange(files.Single(f => f.Name == "ledger.json").Length, 0, 4096);
        using var last = Open();
        Assert.Equal(120UL, last.Status().Depth + last.Status().DroppedFrames);
        Assert.Equal(360UL, last.Status().ReadingsAppended);
    }

    [Fact]
    public void A_kill_after_the_last_segment_of_an_epoch_is_gone_and_before_that_is_written_down_loses_no_total()
    {
        using (var first = Open())
        {
            first.AppendMany(5);
        }

        var ledger = Path.Combine(_directory.Path, "ledger.json");
        byte[] before;
        ulong total;
        using (var second = Open())
        {
            before = File.ReadAllBytes(ledger);
            total = second.Status().ReadingsAppended;
            var drained = second.Epochs()[0];
            second.Confirm(drained.Epoch, drained.LastSeq);
            Assert.Equal(0UL, second.Status().Depth);
        }

        File.WriteAllBytes(ledger, before);
        Assert.Equal(15UL, total);
        Assert.Equal(total, OutboxLoader.Load(_directory.Path, repair: false).ToStatus().ReadingsAppended);
    }

    [Fact]
    public async Task A_link_that_comes_and_goes_during_an_outage_of_the_cloud_begins_only_so_many()
    {
        await using var uplink = new RunningUplink(o => o with { LongBacklogFrames = 2 });
        for (var connection = 0; connection < 2 * FrameOutbox.MostEpochs; connection++)
        {
            uplink.Outbox.AppendMany(3);
            await uplink.ReconnectAsync();
            await RunningUplink.EventuallyAsync(() => uplink.Outbox.Epochs().Length == Math.Min(connection + 2, FrameOutbox.MostEpochs));
        }

        Assert.Equal(FrameOutbox.MostEpochs, uplink.Outbox.Epochs().Length);
        foreach (var epoch in uplink.Outbox.Epochs())
        {
            await uplink.Transport.StoreAsync(epoch.Epoch, epoch.LastSeq);
        }

        await RunningUplink.EventuallyAsync(() => uplink.Outbox.Status().Depth == 0);
    }

    private FrameOutbox Open() => TestOutbox.Open(_directory.Path, o => o with { MaximumBytes = OutboxOptions.SmallestMaximumBytes, SegmentBytes = 4096 });
}
