using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests;

internal static class TestOutbox
{
    public static FrameOutbox Open(string directory, Func<OutboxOptions, OutboxOptions>? change = null, ILogger? log = null, TimeProvider? time = null, Random? random = null)
    {
        var options = new OutboxOptions { Directory = directory, FlushInterval = TimeSpan.FromMilliseconds(200) };
        return FrameOutbox.Open(change?.Invoke(options) ?? options, time ?? TimeProvider.System, random ?? new Random(1), log ?? NullLogger.Instance);
    }

    /// <summary>What appends real frames with readings of ten points, 0 to 9.</summary>
    public static FrameBuilder Frames(this FrameOutbox outbox, TimeProvider time, ILogger? log = null)
    {
        BoardAsset[] assets = [new("meter", "meter", null, null, new Dictionary<string, string>())];
        BoardPoint[] points = [.. Enumerable.Range(0, 10).Select(i => BoardPoint.Analog(0, $"p{i}", "V", 1, 0, 100))];
        var header = new BirthHeader { Gateway = new GatewayId("s", "g"), Board = "stub", BootId = "b", SoftwareVersion = "1", Epoch = outbox.CurrentEpoch };
        return new FrameBuilder(outbox, BirthBuilder.Build(header, assets, points, [.. points.Select(_ => new PointRule())]), new FramingOptions(), new AssumedClock(time, ClockQuality.Synchronised), time, log ?? NullLogger.Instance);
    }

    public static void AppendMany(this FrameOutbox outbox, int count)
    {
        for (var i = 0; i < count; i++)
        {
            outbox.Append(new TestFrame());
        }
    }

    /// <summary>The sequence numbers of all frames behind <paramref name="afterSeq"/>; fails when one is not as it was written.</summary>
    public static List<ulong> ReadAll(this FrameOutbox outbox, ulong epoch, ulong afterSeq = 0)
    {
        using var reader = new OutboxReader(outbox, epoch, afterSeq);
        var seqs = new List<ulong>();
        while (reader.TryRead(out var frame))
        {
            Assert.Equal(TestFrame.PayloadOf(epoch, frame.Seq), frame.Payload.ToArray());
            seqs.Add(frame.Seq);
            frame.Return();
        }

        return seqs;
    }

    public static IEnumerable<ulong> Seqs(int from, int to) => Enumerable.Range(from, to - from + 1).Select(i => (ulong)i);
}
