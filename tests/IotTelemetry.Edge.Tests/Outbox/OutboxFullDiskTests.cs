using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>A disk without room costs the oldest frames and nothing else.</summary>
public sealed class OutboxFullDiskTests
{
    [SmallDiskFact]
    public void When_the_disk_is_full_the_oldest_frames_go_and_every_new_one_is_taken()
    {
        using var disk = new SmallDisk(512 * 1024);
        using (var outbox = Open(disk))
        {
            outbox.AppendMany(10_000);
            outbox.Maintain();
            var left = outbox.ReadAll(outbox.CurrentEpoch);
            Assert.Equal(10_000UL, left[^1]);
            Assert.Equal(TestOutbox.Seqs((int)left[0], 10_000), left);
            Assert.InRange(left[0], 2UL, 9000UL);
            Assert.Equal((left[0] - 1, 3 * (left[0] - 1)), (outbox.Status().DroppedFrames, outbox.Status().DroppedReadings));
        }

        using var again = Open(disk);
        Assert.Equal(10_000UL * 3, again.Status().ReadingsAppended);
    }

    [SmallDiskFact]
    public void A_start_on_a_full_disk_goes_on_and_recovers_when_there_is_room()
    {
        using var disk = new SmallDisk(512 * 1024);
        ulong epoch;
        using (var outbox = Open(disk))
        {
            outbox.AppendMany(1000);
            epoch = outbox.CurrentEpoch;
        }

        disk.Fill();
        using (var outbox = Open(disk))
        {
            outbox.SetBirth("a birth"u8.ToArray(), _ => false);
            Assert.Equal(TestOutbox.Seqs(1, 1000), outbox.ReadAll(epoch));
            outbox.AppendMany(200);
            outbox.BeginEpoch("the test wants one");
            outbox.AppendMany(200);
            outbox.Maintain();
            Assert.InRange(outbox.Status().DroppedFrames, 1UL, 1000UL);
            Assert.Equal(TestOutbox.Seqs(1, 200), outbox.ReadAll(outbox.CurrentEpoch));

            disk.Free();
            var dropped = outbox.Status().DroppedFrames;
            outbox.AppendMany(200);
            outbox.Maintain();
            Assert.Equal(dropped, outbox.Status().DroppedFrames);
        }

        using var last = Open(disk);
        Assert.Equal(600UL, last.Status().Depth - (ulong)last.ReadAll(epoch).Count);
        Assert.Equal("a birth"u8.ToArray(), last.Epochs()[^2].Birth.ToArray());
    }

    [SmallDiskFact]
    public void With_nothing_to_drop_frames_are_refused_until_there_is_room_and_numbers_stay_whole()
    {
        using var disk = new SmallDisk(256 * 1024);
        var log = new RecordingLog();
        using var outbox = Open(disk, log);
        disk.Fill();
        for (var i = 0; i < 50; i++)
        {
            Assert.Throws<IOException>(() => outbox.Append(new TestFrame()));
            outbox.Maintain();
        }

        Assert.Single(log.Lines, l => l.Contains("Could not append", StringComparison.Ordinal));
        disk.Free();
        outbox.AppendMany(20);
        Assert.Equal(TestOutbox.Seqs(1, 20), outbox.ReadAll(outbox.CurrentEpoch));
    }

    [SmallDiskFact]
    public void On_a_disk_that_has_become_read_only_what_waits_can_be_sent_and_new_frames_are_refused()
    {
        using var disk = new SmallDisk(512 * 1024);
        ulong epoch;
        using (var outbox = Open(disk))
        {
            outbox.AppendMany(500);
            epoch = outbox.CurrentEpoch;
        }

        disk.MakeReadOnly();
        var log = new RecordingLog();
        using (var outbox = Open(disk, log))
        {
            Assert.Equal(TestOutbox.Seqs(1, 500), outbox.ReadAll(epoch));
            Assert.Throws<IOException>(() => outbox.Append(new TestFrame()));
            outbox.Confirm(epoch, 500);
            outbox.Maintain();
            Assert.Equal((0UL, 0UL, 0UL), (outbox.Status().Depth, outbox.Status().DroppedFrames, outbox.Status().DamagedBytes));
            Assert.Single(log.Lines, l => l.Contains("is read-only", StringComparison.Ordinal));

            // Another agent on the same directory is kept out all the same.
            Assert.Throws<IOException>(() => Open(disk));
        }
    }

    private static FrameOutbox Open(SmallDisk disk, RecordingLog? log = null) =>
        TestOutbox.Open(Path.Combine(disk.Path, "outbox"), o => o with { SegmentBytes = 16 * 1024, MaximumBytes = 64 * 1024 * 1024 }, log);
}
