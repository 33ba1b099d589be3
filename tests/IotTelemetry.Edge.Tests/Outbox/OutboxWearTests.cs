using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>What the agent writes for each byte of payload, by the sizes of its files. What the file system makes of it on the card is measured by <c>bench edge</c>.</summary>
public sealed class OutboxWearTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void The_agent_writes_fewer_than_one_and_a_half_bytes_for_one_of_payload_and_one_small_cursor_in_five_seconds(int readingsPerSecond)
    {
        const int Seconds = 600;
        var time = new SteppedTime();
        var ledgers = new List<byte[]>();
        using var outbox = TestOutbox.Open(_directory.Path, time: time);
        var frames = outbox.Frames(time);
        for (var second = 0; second < Seconds; second++)
        {
            for (var i = 0; i < readingsPerSecond; i++)
            {
                frames.Add(i % 10, time.GetUtcNow().ToUnixTimeMilliseconds() + (i / 10), i % 7, Quality.Good);
            }

            frames.Seal();
            outbox.Confirm(outbox.CurrentEpoch, (ulong)second);
            for (var tick = 0; tick < 5; tick++)
            {
                time.Pass(TimeSpan.FromMilliseconds(200));
                outbox.Maintain();
                var ledger = File.ReadAllBytes(LedgerFile.PathIn(_directory.Path));
                if (ledgers.Count == 0 || !ledger.AsSpan().SequenceEqual(ledgers[^1]))
                {
                    ledgers.Add(ledger);
                }
            }
        }

        // Nothing is confirmed to the end of the only segment, so all that was ever appended still lies there.
        var written = Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        var payload = Payload(outbox);
        Assert.Equal(Seconds, payload.Frames);
        Assert.True(written < 1.5 * payload.Bytes, $"{written} bytes for {payload.Bytes} of payload");
        Assert.InRange(ledgers.Count, 2, (Seconds / 5) + 1);
        Assert.True(ledgers.Max(l => l.Length) < 512);
    }

    private static (long Bytes, int Frames) Payload(FrameOutbox outbox)
    {
        using var reader = new OutboxReader(outbox, outbox.CurrentEpoch, 0);
        long bytes = 0;
        var frames = 0;
        for (; reader.TryRead(out var frame); frames++)
        {
            bytes += frame.Length;
            frame.Return();
        }

        return (bytes, frames);
    }
}
