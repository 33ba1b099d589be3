using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Uplink;

/// <summary>Frames that will never be stored, on a disk that cannot keep them either.</summary>
public sealed class RefusedFramesTests
{
    [SmallDiskFact]
    public async Task A_frame_that_is_refused_while_the_disk_is_full_is_counted_and_the_queue_moves_on()
    {
        using var disk = new SmallDisk(512 * 1024);
        var log = new RecordingLog();
        await using var uplink = new RunningUplink(frames: 20, directory: disk.Path, log: log);
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(20);
        var epoch = uplink.Outbox.CurrentEpoch;
        disk.Fill();

        await uplink.Transport.StoreAsync(epoch, 10, Refused(epoch, 2), Refused(epoch, 3));
        await uplink.Transport.StoreAsync(epoch, 18, Refused(epoch, 12));
        await RunningUplink.EventuallyAsync(() => uplink.Outbox.Status().Depth == 2);
        Assert.Equal(3, uplink.Counters.DeadLetters);
        Assert.Single(log.Lines, l => l.Contains("cannot keep it", StringComparison.Ordinal));

        disk.Free();
        await uplink.Transport.StoreAsync(epoch, 20, Refused(epoch, 19), Refused(epoch, 20));
        await RunningUplink.EventuallyAsync(() => uplink.Outbox.Status().Depth == 0);
        Assert.Equal([19, 20], (await File.ReadAllLinesAsync(uplink.DeadLetters)).Select(SeqOf));
        Assert.Single(log.Lines, l => l.Contains("again; 3 were not kept", StringComparison.Ordinal));
    }

    private static RefusedFrame Refused(ulong epoch, ulong seq) => new(epoch, seq, RefusalReason.Malformed);

    private static int SeqOf(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("seq").GetInt32();
}
