using System.Diagnostics;
using System.Text;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>Frames on their way through ingest into the engine, without connections.</summary>
internal static class InProcess
{
    /// <summary>Sends all frames of all loads, each load from a task of its own, and waits until they are stored.</summary>
    /// <param name="engine">The engine; a database is made and dropped.</param>
    /// <param name="loads">Gateways with their frames.</param>
    /// <param name="live">The live state that ingest keeps; null for none.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Rows a second, processor seconds per million rows, bytes allocated per reading.</returns>
    public static async Task<(double Rate, double CpuSeconds, double AllocatedPerReading)> RunAsync(
        EmbeddedEngine engine, IngestLoad[] loads, LiveState? live, CancellationToken cancellationToken)
    {
        DatabaseName database = await MigrateAsync(engine, "in_process", cancellationToken);
        await using IngestPipeline ingest = Pipeline(engine, database, live);
        await ingest.StartAsync(cancellationToken);
        foreach (IngestLoad load in loads)
        {
            await ingest.Births.TakeAsync(Deliver(new GatewayTopics(load.Id).Birth, load.Birth.Encode(), default), cancellationToken);
        }

        int left = loads.Sum(load => load.Frames.Length);
        double rows = left * (double)IngestLoad.ReadingsPerFrame;
        TaskCompletionSource stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Confirmation confirmation = new(_ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                stored.SetResult();
            }
        });
        double cpu = CpuSeconds();
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(loads.Select(load => Task.Run(
            async () =>
            {
                byte[] topic = Encoding.UTF8.GetBytes(new GatewayTopics(load.Id).Telemetry);
                foreach (byte[] frame in load.Frames)
                {
                    await ingest.Frames.TakeAsync(new Delivery(topic, frame, "bench", 1, false, confirmation), cancellationToken);
                }
            },
            cancellationToken)));
        await stored.Task.WaitAsync(TimeSpan.FromMinutes(5), cancellationToken);
        double rate = rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpuSeconds = (CpuSeconds() - cpu) / rows * 1e6;
        double perReading = (GC.GetTotalAllocatedBytes() - allocated) / rows;
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return (rate, cpuSeconds, perReading);
    }

    public static async Task<DatabaseName> MigrateAsync(EmbeddedEngine engine, string name, CancellationToken cancellationToken)
    {
        DatabaseName database = DatabaseName.Parse(name);
        await new SchemaMigrator(engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(cancellationToken);
        return database;
    }

    /// <summary>Ingest that is not started, whose cursors nobody hears.</summary>
    public static IngestPipeline Pipeline(EmbeddedEngine engine, DatabaseName database, LiveState? live) =>
        new(engine, database, new NoSink(), new IngestOptions(), TimeProvider.System, NullLoggerFactory.Instance, live);

    /// <summary>Of the whole process, the engine's threads included: on a machine that is busy otherwise it says more than the rate.</summary>
    public static double CpuSeconds()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    private static Delivery Deliver(string topic, byte[] payload, Confirmation confirmation) => new(Encoding.UTF8.GetBytes(topic), payload, "bench", 1, true, confirmation);

    private sealed class NoSink : ICursorSink
    {
        public ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
