using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;

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
            (double rate, double cpuSeconds, double allocated) = await InProcess.RunAsync(engine, loads, null, cancellationToken);
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
        DatabaseName database = await InProcess.MigrateAsync(engine, "alone", cancellationToken);
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

        double cpu = InProcess.CpuSeconds();
        long start = Stopwatch.GetTimestamp();
        for (int rows = 0; rows < Rows; rows += BlockRows)
        {
            // With a token of its own: the same block again without one would be taken for a repeat and dropped.
            await engine.InsertAsync($"{database}.readings", "Native", encoded.WrittenMemory, $"{rows}", cancellationToken);
        }

        (double, double) figures = (Rows / Stopwatch.GetElapsedTime(start).TotalSeconds, (InProcess.CpuSeconds() - cpu) / Rows * 1e6);
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return figures;
    }
}
