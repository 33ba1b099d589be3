using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>What the way of a frame costs beside the engine: the same rows as pre-encoded blocks (one block again and again would merge and compress better than rows ever do), as frames in process, and as frames over MQTT to the service.</summary>
internal sealed class IngestSuite : ISuite
{
    private const int Gateways = 4;
    private const int FramesPerGateway = 1000;
    private const int BlockRows = 100_000;
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
            alone = await EngineAloneAsync(engine, loads, sort: false, cancellationToken);
            yield return new Figure("engine alone, pre-encoded blocks of 100,000 rows as frames bring them", alone.Rate, "rows/s", Better.Higher);
            (double sortedRate, double sortedCpuSeconds) = await EngineAloneAsync(engine, loads, sort: true, cancellationToken);
            yield return new Figure("engine alone, the same rows in the table's order", sortedRate, "rows/s", Better.Higher, null, "engine alone", alone.Rate);
            yield return new Figure("processor time per million rows, in the table's order", sortedCpuSeconds, "s", Better.Lower, null, "engine alone", alone.CpuSeconds);
            (double rate, double cpuSeconds, double allocated) = await InProcess.RunAsync(engine, loads, null, cancellationToken);
            yield return new Figure("frames decoded and stored, in process", rate, "rows/s", Better.Higher, 0.7 * alone.Rate, "engine alone", alone.Rate);
            yield return new Figure("processor time per million rows, in process", cpuSeconds, "s", Better.Lower, null, "engine alone", alone.CpuSeconds);
            yield return new Figure("allocated per reading, in process", allocated, "bytes", Better.Lower);
            (double seconds, double bytes) = await LedgerStart.RunAsync(engine, cancellationToken);
            yield return new Figure($"start with a ledger of {LedgerStart.Gateways:N0} gateways of two epochs, until frames are taken", seconds, "s", Better.Lower);
            yield return new Figure("memory per gateway then", bytes, "bytes", Better.Lower);
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

    private static async Task<(double Rate, double CpuSeconds)> EngineAloneAsync(EmbeddedEngine engine, IngestLoad[] loads, bool sort, CancellationToken cancellationToken)
    {
        DatabaseName database = await InProcess.MigrateAsync(engine, "alone", cancellationToken);
        ReadOnlyMemory<byte>[] blocks = Encode(loads, sort);
        await engine.InsertAsync($"{database}.readings", "Native", blocks[0], "warm", cancellationToken);
        double cpu = InProcess.CpuSeconds();
        long start = Stopwatch.GetTimestamp();
        foreach ((int number, ReadOnlyMemory<byte> block) in blocks.Index())
        {
            await engine.InsertAsync($"{database}.readings", "Native", block, $"{number}", cancellationToken);
        }

        (double, double) figures = (Rows / Stopwatch.GetElapsedTime(start).TotalSeconds, (InProcess.CpuSeconds() - cpu) / Rows * 1e6);
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return figures;
    }

    /// <summary>All frames, in blocks as ingest makes them when all gateways send alike.</summary>
    private static ReadOnlyMemory<byte>[] Encode(IngestLoad[] loads, bool sort)
    {
        const int FramesPerBlock = BlockRows / IngestLoad.ReadingsPerFrame / Gateways;
        ReadOnlyMemory<byte>[] blocks = new ReadOnlyMemory<byte>[FramesPerGateway / FramesPerBlock];
        FrameColumns columns = new();
        FrameDecoder decoder = new();
        (GatewaySession Gateway, PreparedBirth Birth)[] senders = [.. loads.Select(load => (new GatewaySession(load.Id), new PreparedBirth(load.Birth, RetentionRules.KeepAll)))];
        for (int b = 0; b < blocks.Length; b++)
        {
            ReadingsBlock block = new();
            for (int frame = b * FramesPerBlock; frame < (b + 1) * FramesPerBlock; frame++)
            {
                for (int i = 0; i < loads.Length; i++)
                {
                    decoder.Decode(loads[i].Frames[frame], loads[i].Birth, columns);
                    block.Append(senders[i].Gateway, senders[i].Birth, columns, 0, columns.Count, 1);
                }
            }

            block.Seal((ulong)b + 1, RetentionRules.KeepAll.Names[0], sort);
            ArrayBufferWriter<byte> encoded = new();
            block.Native.WriteTo(encoded);
            blocks[b] = encoded.WrittenMemory;
        }

        return blocks;
    }
}
