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
    public void Every_start_begins_a_new_epoch_and_the_old_one_drains()
    {
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(10);
            epoch = outbox.CurrentEpoch;
            outbox.Confirm(epoch, 4);
        }

        using var again = TestOutbox.Open(_directory.Path);
        Assert.Equal([epoch, again.CurrentEpoch], again.Epochs().Select(e => e.Epoch));
        Assert.True(again.CurrentEpoch > epoch);
        Assert.Equal(4UL, again.Epochs()[0].ConfirmedSeq);
        Assert.Equal(TestOutbox.Seqs(5, 10), again.ReadAll(epoch, 4));
        Assert.Equal((again.CurrentEpoch, 1UL), again.Append(new TestFrame()));
        again.Confirm(epoch, 10);
        Assert.Single(again.Epochs());
    }

    [Fact]
    public void Starts_without_a_frame_leave_nothing_behind()
    {
        for (var start = 0; start < 5; start++)
        {
            TestOutbox.Open(_directory.Path).Dispose();
        }

        using var outbox = TestOutbox.Open(_directory.Path);
        Assert.Single(outbox.Status().Epochs);
        Assert.Empty(Directory.GetDirectories(_directory.Path));
    }

    [Fact]
    public void A_copy_put_back_gives_no_number_twice_and_a_cursor_for_the_original_deletes_nothing_new()
    {
        using var copy = new TempDirectory();
        ulong epoch;
        using (var outbox = TestOutbox.Open(_directory.Path))
        {
            outbox.AppendMany(10);
            epoch = outbox.CurrentEpoch;
        }

        foreach (var file in Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(_directory.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        using var original = TestOutbox.Open(_directory.Path);
        original.AppendMany(50);

        // The copy takes frames before it hears anything of the cloud, which has stored all of the original's.
        using var restored = TestOutbox.Open(copy.Path, random: new Random(2));
        restored.AppendMany(30);
        restored.Confirm(epoch, 10);
        restored.Confirm(original.CurrentEpoch, 50);
        Assert.NotEqual(original.CurrentEpoch, restored.CurrentEpoch);
        Assert.Equal(30UL, restored.Status().Depth);
        Assert.Equal(TestOutbox.Seqs(1, 30), restored.ReadAll(restored.CurrentEpoch));
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
        Assert.Equal((7UL, 21UL, 0UL), (status.Epochs[^2].LastSeq, status.Epochs[^2].ReadingsAppended, status.Epochs[^2].ConfirmedSeq));
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
        using var outbox = TestOutbox.Open(_directory.Path, o => o with { SegmentBytes = 16 * 1024, MaximumBytes = OutboxOptions.SmallestMaximumBytes });
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

    [Theory]
    [InlineData("{ not json")]
    [InlineData("")]
    public void An_unreadable_ledger_costs_no_frame(string content)
    {
        var epoch = AppendAndConfirm();
        File.WriteAllText(LedgerFile.PathIn(_directory.Path), content);
        using var again = TestOutbox.Open(_directory.Path);
        Assert.Equal(TestOutbox.Seqs(1, 5), again.ReadAll(epoch));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_ledger_never_makes_a_frame_confirmed()
    {
        var epoch = AppendAndConfirm();
        var ledger = File.ReadAllBytes(LedgerFile.PathIn(_directory.Path));
        for (var bit = 0; bit < ledger.Length * 8; bit++)
        {
            var damaged = ledger.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(LedgerFile.PathIn(_directory.Path), damaged);
            var content = OutboxLoader.Load(_directory.Path, repair: false);
            Assert.True(content.Queues.Find(q => q.Epoch == epoch)!.ConfirmedSeq <= 2, $"bit {bit}");
        }
    }

    [Fact]
    public void An_epoch_that_can_be_made_again_goes_on_where_it_stopped_and_takes_a_cursor_ahead_of_it()
    {
        const ulong Replay = 4711;
        OutboxOptions Fixed(OutboxOptions o) => o with { ReproducibleEpoch = Replay, SegmentBytes = 4096 };
        using (var outbox = TestOutbox.Open(_directory.Path, Fixed))
        {
            outbox.AppendMany(40);
            outbox.Confirm(Replay, 25);
            Assert.Equal(Replay, outbox.BeginEpoch("nothing may"));
        }

        using (var again = TestOutbox.Open(_directory.Path, Fixed))
        {
            Assert.Equal((Replay, 41UL), again.Append(new TestFrame()));
            Assert.Equal(ConfirmOutcome.Advanced, again.Confirm(Replay, 1000));
            Assert.Equal(0UL, again.Status().Depth);
            Assert.Equal((Replay, 42UL), again.Append(new TestFrame()));
            Assert.Equal(0UL, again.Status().Depth);
        }

        using var last = TestOutbox.Open(_directory.Path, Fixed);
        Assert.Equal((Replay, 43UL), last.Append(new TestFrame()));
        Assert.Equal(43UL * 3, last.Status().Epochs[^1].ReadingsAppended);
    }

    [Fact]
    public void Of_an_epoch_that_can_be_made_again_frames_lost_with_the_end_of_the_disk_are_made_again()
    {
        const ulong Replay = 4711;
        OutboxOptions Fixed(OutboxOptions o) => o with { ReproducibleEpoch = Replay };
        using (var outbox = TestOutbox.Open(_directory.Path, Fixed))
        {
            outbox.AppendMany(40);
        }

        var path = Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^300]);
        using (var again = TestOutbox.Open(_directory.Path, Fixed))
        {
            var (_, seq) = again.Append(new TestFrame());
            Assert.InRange(seq, 35UL, 40UL);
            Assert.Equal(TestOutbox.Seqs(1, (int)seq), again.ReadAll(Replay));
            Assert.Equal(seq * 3, again.Status().Epochs[^1].ReadingsAppended);
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        using var anew = TestOutbox.Open(_directory.Path, Fixed);
        Assert.Equal((Replay, 1UL), anew.Append(new TestFrame()));
    }

    private ulong AppendAndConfirm()
    {
        using var outbox = TestOutbox.Open(_directory.Path);
        outbox.AppendMany(5);
        outbox.Confirm(outbox.CurrentEpoch, 2);
        return outbox.CurrentEpoch;
    }
}
