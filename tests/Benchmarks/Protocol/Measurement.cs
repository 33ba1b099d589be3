using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>What one codec does with one replay.</summary>
/// <param name="BytesPerReading">Bytes on the wire.</param>
/// <param name="BrotliBytesPerReading">The same with each message compressed by Brotli at its quality 5, where that is smaller.</param>
/// <param name="EncodedPerSecond">Readings encoded per second of processor time; the median of the rounds.</param>
/// <param name="DecodedPerSecond">Readings decoded per second of processor time; the median of the rounds.</param>
/// <param name="EncodeAllocation">Bytes allocated per message encoded.</param>
/// <param name="DecodeAllocation">Bytes allocated per message decoded.</param>
internal sealed record Measurement(
    double BytesPerReading, double BrotliBytesPerReading, double EncodedPerSecond, double DecodedPerSecond, double EncodeAllocation, double DecodeAllocation)
{
    private const int Rounds = 9;
    private const double SecondsPerRound = 0.12;
    private const double WarmUpSeconds = 0.6;

    public static Measurement Of(IReplayCodec codec, Replay replay)
    {
        byte[][] messages = new byte[replay.Frames][];
        ArrayBufferWriter<byte> output = new(1 << 20);
        long bytes = 0;
        long brotliBytes = 0;
        byte[] compressed = new byte[1 << 20];
        for (int i = 0; i < messages.Length; i++)
        {
            output.ResetWrittenCount();
            codec.Encode(replay, i, output);
            messages[i] = output.WrittenSpan.ToArray();
            bytes += messages[i].Length;
            bool isCompressed = BrotliEncoder.TryCompress(messages[i], compressed, out int written, quality: 5, window: 18);
            brotliBytes += isCompressed ? Math.Min(written, messages[i].Length) : messages[i].Length;
            if (codec.Decode(replay, messages[i]) != replay.ReadingsPerFrame)
            {
                throw new InvalidOperationException($"{codec.Name} lost readings of {replay.Name}.");
            }
        }

        (double encoded, double encodeAllocation) = Rate(replay, i =>
        {
            output.ResetWrittenCount();
            codec.Encode(replay, i, output);
        });
        (double decoded, double decodeAllocation) = Rate(replay, i => codec.Decode(replay, messages[i]));
        return new Measurement(bytes / (double)replay.Readings, brotliBytes / (double)replay.Readings, encoded, decoded, encodeAllocation, decodeAllocation);
    }

    private static (double ReadingsPerSecond, double AllocatedPerMessage) Rate(Replay replay, Action<int> work)
    {
        // Long enough for tiered compilation to finish.
        Run(replay, work, WarmUpSeconds);
        double[] rates = new double[Rounds];
        double[] allocations = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            (rates[round], allocations[round]) = Run(replay, work, SecondsPerRound);
        }
        Array.Sort(rates);
        Array.Sort(allocations);
        return (rates[Rounds / 2], allocations[Rounds / 2]);
    }

    private static (double ReadingsPerSecond, double AllocatedPerMessage) Run(Replay replay, Action<int> work, double seconds)
    {
        // Processor time, not the clock on the wall: the figures are for one core, whatever else the machine does.
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        long end = start + (long)(seconds * Stopwatch.Frequency);
        long messages = 0;
        long now;
        do
        {
            for (int i = 0; i < replay.Frames; i++)
            {
                work(i);
            }
            messages += replay.Frames;
            now = Stopwatch.GetTimestamp();
        }
        while (now < end);
        double elapsed = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        return (messages * replay.ReadingsPerFrame / elapsed, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)messages);
    }
}
