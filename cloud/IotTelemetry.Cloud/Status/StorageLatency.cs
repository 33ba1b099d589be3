using System.Diagnostics.Metrics;

namespace IotTelemetry.Cloud.Status;

/// <summary>
/// From a frame's closing at the gateway to its confirmation, over the last 4,096 frames, in milliseconds. It spans two clocks; a gateway whose clock runs ahead counts as 0.
/// Thread-safe.
/// </summary>
internal sealed class StorageLatency
{
    private const int Size = 4096;
    private readonly Lock _gate = new();
    private readonly long[] _recent = new long[Size];
    private long _count;

    /// <summary>Gets every latency too, in seconds, when there is one.</summary>
    public Histogram<double>? Histogram { get; set; }

    public void Add(long milliseconds)
    {
        Histogram?.Record(Math.Max(milliseconds, 0) / 1000.0);
        lock (_gate)
        {
            _recent[_count++ % Size] = Math.Max(milliseconds, 0);
        }
    }

    /// <summary>Two quantiles by nearest rank; null while there is no frame.</summary>
    public (long P50Ms, long P99Ms)? Read()
    {
        long[] sorted;
        lock (_gate)
        {
            sorted = _recent[..(int)Math.Min(_count, Size)];
        }

        if (sorted.Length == 0)
        {
            return null;
        }

        Array.Sort(sorted);
        return (Rank(sorted, 50), Rank(sorted, 99));
    }

    private static long Rank(long[] sorted, int percent) => sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
}
