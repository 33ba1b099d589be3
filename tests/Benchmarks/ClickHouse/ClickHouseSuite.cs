using System.Buffers;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Benchmarks.ClickHouse;

/// <summary>The embedded engine alone: what encoding, inserting and reading cost before there is any ingest. Processor time compares on a busy machine too.</summary>
internal sealed class ClickHouseSuite : ISuite
{
    private static readonly int[] BlockRows = [10_000, 100_000, 1_000_000];

    public string Name => "clickhouse";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadingsBlock readings = new();
        foreach (int rows in BlockRows)
        {
            Cost cost = Encode(readings, rows);
            yield return cost.Rate($"fill and encode Native, {rows:N0} rows/block");
            yield return cost.Processor($"fill and encode Native, {rows:N0} rows/block");
        }

        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = directory }, cancellationToken: cancellationToken);
            await engine.ExecuteAsync("CREATE DATABASE bench", cancellationToken: cancellationToken);
            foreach (int rows in BlockRows)
            {
                Cost encoded = await InsertEncodedAsync(engine, readings, rows, cancellationToken);
                yield return encoded.Rate($"insert pre-encoded Native, {rows:N0} rows/block");
                yield return encoded.Processor($"insert pre-encoded Native, {rows:N0} rows/block");
                Cost whole = await InsertAsync(engine, readings, rows, cancellationToken);
                yield return whole.Rate($"fill, encode and insert, {rows:N0} rows/block");
                yield return whole.Processor($"fill, encode and insert, {rows:N0} rows/block");
            }

            Cost read = await ReadAsync(engine, cancellationToken);
            yield return read.Rate("read all columns as blocks");
            yield return read.Processor("read all columns as blocks");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static int Rounds(int rows) => Math.Max(5, 4_000_000 / rows);

    private static Cost Encode(ReadingsBlock readings, int rows)
    {
        ArrayBufferWriter<byte> output = new();
        int rounds = Rounds(rows);
        for (int i = -2; i < 0; i++)
        {
            Round(0);
        }

        Cost.Meter meter = Cost.Start();
        for (int i = 0; i < rounds; i++)
        {
            Round((ulong)i);
        }

        return meter.Stop((long)rows * rounds);

        void Round(ulong batch)
        {
            readings.Fill(rows, batch);
            output.ResetWrittenCount();
            readings.Block.WriteTo(output);
        }
    }

    private static async Task<Cost> InsertEncodedAsync(EmbeddedEngine engine, ReadingsBlock readings, int rows, CancellationToken cancellationToken)
    {
        byte[][] blocks = new byte[4][];
        ArrayBufferWriter<byte> output = new();
        for (int i = 0; i < blocks.Length; i++)
        {
            readings.Fill(rows, (ulong)i);
            output.ResetWrittenCount();
            readings.Block.WriteTo(output);
            blocks[i] = output.WrittenSpan.ToArray();
        }

        // The token makes the engine store a block again that it has seen before.
        return await TimeInsertsAsync(
            engine, rows, batch => engine.InsertAsync(ReadingsBlock.Table, "Native", blocks[batch % blocks.Length], $"{rows}-{batch}", cancellationToken), cancellationToken);
    }

    private static Task<Cost> InsertAsync(EmbeddedEngine engine, ReadingsBlock readings, int rows, CancellationToken cancellationToken) => TimeInsertsAsync(
        engine,
        rows,
        batch =>
        {
            readings.Fill(rows, (ulong)batch);
            return engine.InsertAsync(ReadingsBlock.Table, readings.Block, $"{rows}-{batch}", cancellationToken);
        },
        cancellationToken);

    private static async Task<Cost> TimeInsertsAsync(EmbeddedEngine engine, int rows, Func<int, Task> insert, CancellationToken cancellationToken)
    {
        await engine.ExecuteAsync(ReadingsBlock.CreateTable, cancellationToken: cancellationToken);
        await insert(0);
        int rounds = Rounds(rows);
        Cost.Meter meter = Cost.Start();
        for (int i = 1; i <= rounds; i++)
        {
            await insert(i);
        }

        return meter.Stop((long)rows * rounds);
    }

    private static async Task<Cost> ReadAsync(EmbeddedEngine engine, CancellationToken cancellationToken)
    {
        long rows = 0;
        double sum = 0;
        Cost.Meter meter = Cost.Start();
        await foreach (NativeBlock block in engine.QueryAsync($"SELECT * FROM {ReadingsBlock.Table}", cancellationToken: cancellationToken))
        {
            rows += block.Rows;
            foreach (double value in block.Get<ValueColumn<double>>("value").Values)
            {
                sum += value;
            }
        }

        GC.KeepAlive(sum);
        return meter.Stop(rows);
    }
}
