using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>What the way of a frame costs beside the engine: the same rows as pre-encoded blocks, as frames in process, and as frames over MQTT to the service.</summary>
internal sealed class IngestSuite : ISuite
{
    private const int Gateways = 4;
    private const int FramesPerGateway = 1000;
    private const int Rows = Gateways * FramesPerGateway * IngestLoad.ReadingsPerFrame;

    public string Name => "ingest";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IngestLoad[] loads = [.. Enumerable.Range(0, Gateways).Select(i => new IngestLoad(i, FramesPerGateway))];
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        (double Rate, double CpuSeconds) alone;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = Path.Combine(directory, "engine") }, cancellationToken: cancellationToken);
            alone = await EngineAloneAsync(engine, loads[0], sort: false, cancellationToken);
            yield return new Figure("engine alone, pre-encoded blocks of 100,000 rows as frames bring them", alone.Rate, "rows/s", Better.Higher);
            (double sortedRate, double sortedCpuSeconds) = await EngineAloneAsync(engine, loads[0], sort: true, cancellationToken);
            yield return new Figure("engine alone, the same rows in the table's order", sortedRate, "rows/s", Better.Higher, null, "engine alone", alone.Rate);
            yield return new Figure("processor time per million rows, in the table's order", sortedCpuSeconds, "s", Better.Lower, null, "engine alone", alone.CpuSeconds);
            (double rate, double cpuSeconds, double allocated) = await InProcessAsync(engine, loads, cancellationToken);
            yield return new Figure("frames decoded and stored, in process", rate, "rows/s", Better.Higher, 0.7 * alone.Rate, "engine alone", alone.Rate);
            yield return new Figure("processor time per million rows, in process", cpuSeconds, "s", Better.Lower, null, "engine alone", alone.CpuSeconds);
            yield return new Figure("allocated per reading, in process", allocated, "bytes", Better.Lower);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        await foreach (Figure figure in OverMqtt.RunAsync(loads, Rows, alone.Rate, cancellationToken))
        {
            yield return figure;
        }
    }

    private static async Task<(double Rate, double CpuSeconds)> EngineAloneAsync(EmbeddedEngine engine, IngestLoad load, bool sort, CancellationToken cancellationToken)
    {
        const int BlockRows = 100_000;
        DatabaseName database = await MigrateAsync(engine, "alone", cancellationToken);
        ReadingsBlock block = new();
        FrameColumns columns = new();
        FrameDecoder decoder = new();
        PreparedBirth birth = new(load.Birth, RetentionRules.KeepAll);
        GatewaySession gateway = new(load.Id);
        foreach (byte[] frame in load.Frames.Take(BlockRows / IngestLoad.ReadingsPerFrame))
        {
            decoder.Decode(frame, load.Birth, columns);
            block.Append(gateway, birth, columns, 0, columns.Count, 1);
        }

        block.Seal(1, RetentionRules.KeepAll.Names[0], sort);
        ArrayBufferWriter<byte> encoded = new();
        block.Native.WriteTo(encoded);
        for (int warm = 0; warm < 3; warm++)
        {
            await engine.InsertAsync($"{database}.readings", "Native", encoded.WrittenMemory, $"warm-{warm}", cancellationToken);
        }

        double cpu = CpuSeconds();
        long start = Stopwatch.GetTimestamp();
        for (int rows = 0; rows < Rows; rows += BlockRows)
        {
            // With a token of its own: the same block again without one would be taken for a repeat and dropped.
            await engine.InsertAsync($"{database}.readings", "Native", encoded.WrittenMemory, $"{rows}", cancellationToken);
        }

        (double, double) figures = (Rows / Stopwatch.GetElapsedTime(start).TotalSeconds, (CpuSeconds() - cpu) / Rows * 1e6);
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return figures;
    }

    private static async Task<(double Rate, double CpuSeconds, double AllocatedPerReading)> InProcessAsync(EmbeddedEngine engine, IngestLoad[] loads, CancellationToken cancellationToken)
    {
        DatabaseName database = await MigrateAsync(engine, "in_process", cancellationToken);
        await using IngestPipeline ingest = new(engine, database, new NoSink(), new IngestOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        await ingest.StartAsync(cancellationToken);
        foreach (IngestLoad load in loads)
        {
            await ingest.Births.TakeAsync(Deliver(new GatewayTopics(load.Id).Birth, load.Birth.Encode(), default), cancellationToken);
        }

        int left = loads.Length * FramesPerGateway;
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
        double rate = Rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpuSeconds = (CpuSeconds() - cpu) / Rows * 1e6;
        double perReading = (GC.GetTotalAllocatedBytes() - allocated) / (double)Rows;
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return (rate, cpuSeconds, perReading);
    }

    // Of the whole process, the engine's threads included: on a machine that is busy otherwise it says more than the rate.
    private static double CpuSeconds()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    private static Delivery Deliver(string topic, byte[] payload, Confirmation confirmation) => new(Encoding.UTF8.GetBytes(topic), payload, "bench", 1, true, confirmation);

    private static async Task<DatabaseName> MigrateAsync(EmbeddedEngine engine, string name, CancellationToken cancellationToken)
    {
        DatabaseName database = DatabaseName.Parse(name);
        await new SchemaMigrator(engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(cancellationToken);
        return database;
    }

    private sealed class NoSink : ICursorSink
    {
        public ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
