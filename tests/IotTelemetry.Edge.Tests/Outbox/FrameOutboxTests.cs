using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

public sealed class FrameOutboxTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Frames_come_back_in_order_and_unchanged()
    {
        using var outbox = TestOutbox.Open(_directory.Path);
        outbox.AppendMany(500);
        Assert.Equal(TestOutbox.Seqs(1, 500), outbox.ReadAll(outbox.CurrentEpoch));
        Assert.Equal(TestOutbox.Seqs(301, 500), outbox.ReadAll(outbox.CurrentEpoch, afterSeq: 300));
    }

    [Fact]
    public void A_reader_follows_the_frames_as_they_are_appended_over_many_segments()
    {
        using var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 4096 });
        using var reader = new OutboxReader(outbox, outbox.CurrentEpoch, 0);
        for (ulong seq = 1; seq <= 300; seq++)
        {
            Assert.False(reader.TryRead(out _));
            outbox.Append(new TestFrame());
            Assert.True(reader.TryRead(out var frame));
            Assert.Equal(seq, frame.Seq);
            frame.Return();
        }

        reader.Seek(10);
        Assert.True(reader.TryRead(out var again));
        Assert.Equal(11UL, again.Seq);
        again.Return();
    }

    [Fact]
    public void A_restart_within_one_boot_of_the_machine_continues_the_epoch()
    {
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(10);
            epoch = outbox.CurrentEpoch;
            outbox.Confirm(epoch, 4);
        }

        using var again = TestOutbox.Open(_directory.Path);
        Assert.Equal(epoch, again.CurrentEpoch);
        Assert.Equal(4UL, again.Epochs()[^1].ConfirmedSeq);
        Assert.Equal((epoch, 11UL), again.Append(new TestFrame()));
    }

    [Fact]
    public void Only_the_cursor_deletes_and_only_what_it_passed()
    {
        using var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 4096 });
        outbox.AppendMany(300);
        var epoch = outbox.CurrentEpoch;
        Assert.Equal(TestOutbox.Seqs(1, 300), outbox.ReadAll(epoch));
        var before = outbox.Status().Bytes;

        Assert.Equal(ConfirmOutcome.Advanced, outbox.Confirm(epoch, 200));
        Assert.Equal(ConfirmOutcome.Unchanged, outbox.Confirm(epoch, 150));
        Assert.True(outbox.Status().Bytes < before / 2);
        Assert.Equal(TestOutbox.Seqs(201, 300), outbox.ReadAll(epoch, 200));
        Assert.Equal(100UL, outbox.Status().Depth);
    }

    [Fact]
    public void A_cursor_ahead_of_the_outbox_shows_that_it_is_an_old_copy()
    {
        using var outbox = TestOutbox.Open(_directory.Path);
        outbox.AppendMany(5);
        Assert.Equal(ConfirmOutcome.AheadOfOutbox, outbox.Confirm(outbox.CurrentEpoch, 9));
    }

    [Fact]
    public void Counters_outlive_deleted_segments_drained_epochs_and_restarts()
    {
        using (var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 4096 }))
        {
            for (var epochs = 0; epochs < 40; epochs++)
            {
                outbox.AppendMany(10);
                outbox.Confirm(outbox.CurrentEpoch, 10);
                outbox.BeginEpoch("the test wants one");
            }

            outbox.AppendMany(7);
        }

        using var again = TestOutbox.Open(_directory.Path);
        var status = again.Status();
        Assert.Equal(407UL * 3, status.ReadingsAppended);
        Assert.Equal(7UL, status.Depth);
        Assert.Equal((7UL, 21UL, 0UL), (status.Epochs[^1].LastSeq, status.Epochs[^1].ReadingsAppended, status.Epochs[^1].ConfirmedSeq));
        Assert.Equal(status.ReadingsAppended, OutboxLoader.Load(_directory.Path, repair: false).ToStatus().ReadingsAppended);
    }

    [Fact]
    public void A_full_outbox_drops_the_oldest_first_and_counts_them()
    {
        using var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 4096, MaximumBytes = OutboxOptions.SmallestMaximumBytes });
        outbox.AppendMany(2000);
        var status = outbox.Status();
        var left = outbox.ReadAll(outbox.CurrentEpoch);

        Assert.True(status.Bytes <= OutboxOptions.SmallestMaximumBytes);
        Assert.Equal(2000UL, left[^1]);
        Assert.Equal(TestOutbox.Seqs((int)left[0], 2000), left);
        Assert.Equal(left[0] - 1, status.DroppedFrames);
        Assert.Equal(3 * status.DroppedFrames, status.DroppedReadings);
        Assert.Equal(6000UL, status.ReadingsAppended);
    }

    [Fact]
    public void Confirmed_frames_are_not_counted_as_dropped()
    {
        using var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 64 * 1024, MaximumBytes = OutboxOptions.SmallestMaximumBytes });
        outbox.AppendMany(100);
        outbox.Confirm(outbox.CurrentEpoch, 60);
        while (outbox.Status().DroppedFrames == 0)
        {
            outbox.Append(new TestFrame());
        }

        var status = outbox.Status();
        var left = outbox.ReadAll(outbox.CurrentEpoch);
        Assert.Equal(left[0] - 61, status.DroppedFrames);
        Assert.Equal(3 * status.DroppedFrames, status.DroppedReadings);
    }

    [Fact]
    public void A_long_backlog_at_the_start_begins_a_new_epoch()
    {
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(121);
            epoch = outbox.CurrentEpoch;
        }

        using var again = TestOutbox.Open(_directory.Path);
        Assert.True(again.CurrentEpoch > epoch);
        Assert.Equal(TestOutbox.Seqs(1, 121), again.ReadAll(epoch));
    }

    [Fact]
    public void A_boot_of_the_machine_begins_a_new_epoch()
    {
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(5);
            epoch = outbox.CurrentEpoch;
        }

        var ledger = LedgerFile.Load(_directory.Path, out _);
        LedgerFile.Save(_directory.Path, ledger with { HostBoot = "another boot" });
        using var again = TestOutbox.Open(_directory.Path);
        Assert.NotEqual(epoch, again.CurrentEpoch);
    }

    [Fact]
    public void A_birth_of_other_points_begins_a_new_epoch_and_each_epoch_keeps_its_own()
    {
        using var outbox = TestOutbox.Open(_directory.Path);
        outbox.SetBirth("a"u8.ToArray(), b => b.Span.SequenceEqual("a"u8));
        outbox.AppendMany(1);
        outbox.SetBirth("a"u8.ToArray(), b => b.Span.SequenceEqual("a"u8));
        Assert.Single(outbox.Epochs());
        outbox.SetBirth("b"u8.ToArray(), b => b.Span.SequenceEqual("b"u8));

        Assert.Equal(["a", "b"], outbox.Epochs().Select(e => System.Text.Encoding.ASCII.GetString(e.Birth.Span)));
    }

    [Fact]
    public void Two_agents_cannot_hold_one_outbox()
    {
        using var outbox = TestOutbox.Open(_directory.Path);
        Assert.Throws<IOException>(() => TestOutbox.Open(_directory.Path));
    }

    [Fact]
    public void An_unreadable_ledger_costs_a_new_epoch_and_no_frame()
    {
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(5);
            epoch = outbox.CurrentEpoch;
        }

        File.WriteAllText(LedgerFile.PathIn(_directory.Path), "{ not json");
        using var again = TestOutbox.Open(_directory.Path);
        Assert.NotEqual(epoch, again.CurrentEpoch);
        Assert.Equal(TestOutbox.Seqs(1, 5), again.ReadAll(epoch));
    }
}
