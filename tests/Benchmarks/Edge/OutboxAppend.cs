using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>Readings through framing into the outbox, one thread, while upkeep forces them to the disk every 200 ms: frames as full as they get, and small ones.</summary>
internal sealed class OutboxAppend : IEdgeMeasurement
{
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Figure("outbox append, frames of 500 readings, fsync every 200 ms", await MeasureAsync(500, cancellationToken), "readings/s", Better.Higher, 200_000);
        yield return new Figure("outbox append, frames of 50 readings, fsync every 200 ms", await MeasureAsync(50, cancellationToken), "readings/s", Better.Higher, 200_000);
    }

    private static async Task<double> MeasureAsync(int readingsPerFrame, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            using var site = new MeteredSite(directory, 100, readingsPerFrame, TimeProvider.System);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var upkeep = site.Outbox.RunAsync(stop.Token);
            var timestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            Write(site, ref timestampMs, Warming);
            var (before, start) = (site.Outbox.ReadingsInEpoch, Stopwatch.GetTimestamp());
            Write(site, ref timestampMs, Duration);
            var rate = (site.Outbox.ReadingsInEpoch - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            await stop.CancelAsync();
            await upkeep;
            return rate;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Write(MeteredSite site, ref long timestampMs, TimeSpan duration)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration; timestampMs += 1000)
        {
            site.ReadAll(timestampMs);
        }
    }
}
