using IotTelemetry.Edge.Outbox;
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
