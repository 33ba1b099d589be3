using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using IotTelemetry.Benchmarks.Ingest;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Door;

/// <summary>Ingest at a steady 20,000 readings/s, without connections: how long after a frame came in it is stored and confirmed.</summary>
internal static class PacedIngest
{
    private const int Frames = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends the frames of one gateway into a database of its own.</summary>
    /// <returns>Milliseconds from each frame's coming to its confirmation, in rising order.</returns>
    public static async Task<IReadOnlyList<double>> RunAsync(EmbeddedEngine engine, string database, CancellationToken cancellationToken)
    {
        DatabaseName name = await InProcess.MigrateAsync(engine, database, cancellationToken);
        await using IngestPipeline ingest = new(engine, name, new NoSink(), new IngestOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await ingest.StartAsync(cancellationToken);
        IngestLoad load = new(0, Frames);
        GatewayTopics topics = new(load.Id);
        await ingest.Births.TakeAsync(new Delivery(Encoding.UTF8.GetBytes(topics.Birth), load.Birth.Encode(), "bench", 1, true, default), cancellationToken);
        byte[] topic = Encoding.UTF8.GetBytes(topics.Telemetry);
        ConcurrentBag<double> latencies = [];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using PeriodicTimer pace = new(Interval);
        foreach (byte[] frame in load.Frames)
        {
            await pace.WaitForNextTickAsync(cancellationToken);
            long start = Stopwatch.GetTimestamp();
            Confirmation confirmation = new(_ =>
            {
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (latencies.Count == Frames)
                {
                    all.TrySetResult();
                }
            });
            await ingest.Frames.TakeAsync(new Delivery(topic, frame, "bench", 1, false, confirmation), cancellationToken);
        }

        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        return [.. latencies.Order()];
    }

    private sealed class NoSink : ICursorSink
    {
        public ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
