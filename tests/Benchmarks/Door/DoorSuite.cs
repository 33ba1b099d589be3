using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using IotTelemetry.Benchmarks.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;

namespace IotTelemetry.Benchmarks.Door;

/// <summary>
/// The HTTP door: rows per second of one large result, by way of the door over loopback and from the engine alone, which writes into this process's memory; and how long an insert of
/// ingest takes while ten readers keep the engine busy. Client, door and engine share the machine's cores.
/// </summary>
internal sealed class DoorSuite : ISuite
{
    private const int Rows = 10_000_000;
    private const int BlockRows = 100_000;
    private const int Rounds = 5;
    private const int Inserts = 40;
    private const int Readers = 10;

    // What the issue of the door asks for, of the engine's own rate.
    private const double NativeShare = 0.7;

    // The bound that cloud/README.md states for an insert of 100,000 rows.
    private const double InsertBoundMs = 1000;

    public string Name => "door";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = directory }, cancellationToken: cancellationToken);
            ReadingsBlock readings = new();
            await FillAsync(engine, readings, cancellationToken);
            await using DoorUnderTest door = await DoorUnderTest.StartAsync(engine, cancellationToken);
            foreach (string format in (string[])["Native", "JSONEachRow", "CSV"])
            {
                string sql = $"SELECT * FROM {ReadingsBlock.Table} LIMIT {Rows}";
                List<double> alone = [];
                List<double> through = [];
                for (int i = 0; i < Rounds; i++)
                {
                    alone.Add(await TimeAsync(() => engine.QueryAsync(sql, format, PipeWriter.Create(Stream.Null), cancellationToken: cancellationToken)));
                    through.Add(await TimeAsync(() => door.DownloadAsync(sql, format, cancellationToken)));
                }

                double own = Rows / Median(alone);
                yield return new Figure($"{format} out of the door", Rows / Median(through), "rows/s", Better.Higher, format == "Native" ? NativeShare * own : null, "engine alone", own);
            }

            List<double> quiet = await TimeInsertsAsync(engine, readings, 1_000_000, cancellationToken);
            yield return new Figure($"insert of {BlockRows:N0} rows, nobody reads, median", Median(quiet), "ms", Better.Lower);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<int>[] readers = [.. Enumerable.Range(0, Readers).Select(_ => door.KeepReadingAsync($"SELECT point, count(), avg(value), max(sipHash64(asset, value)) FROM {ReadingsBlock.Table} GROUP BY point", stop.Token))];
            List<double> busy = await TimeInsertsAsync(engine, readings, 2_000_000, cancellationToken);
            await stop.CancelAsync();
            int[] reads = await Task.WhenAll(readers);
            yield return new Figure($"insert of {BlockRows:N0} rows, {Readers} heavy readers, median", Median(busy), "ms", Better.Lower);
            yield return new Figure($"insert of {BlockRows:N0} rows, {Readers} heavy readers, slowest of {Inserts}", busy.Max(), "ms", Better.Lower, InsertBoundMs);
            yield return new Figure($"queries of the reader served least, of the {Readers}, over the one served most", (double)reads.Min() / Math.Max(1, reads.Max()), "", Better.Higher);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task FillAsync(EmbeddedEngine engine, ReadingsBlock readings, CancellationToken cancellationToken)
    {
        await engine.ExecuteAsync("CREATE DATABASE bench", cancellationToken: cancellationToken);
        await engine.ExecuteAsync(ReadingsBlock.CreateTable, cancellationToken: cancellationToken);
        for (int batch = 0; batch < Rows / 1_000_000; batch++)
        {
            readings.Fill(1_000_000, (ulong)batch);
            await engine.InsertAsync(ReadingsBlock.Table, readings.Block, $"fill-{batch}", cancellationToken);
        }

        await engine.ExecuteAsync($"OPTIMIZE TABLE {ReadingsBlock.Table} FINAL", cancellationToken: cancellationToken);
    }

    // Ingest at its pace: a batch each 100 ms.
    private static async Task<List<double>> TimeInsertsAsync(EmbeddedEngine engine, ReadingsBlock readings, int first, CancellationToken cancellationToken)
    {
        List<double> times = [];
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(100));
        for (int i = -2; i < Inserts; i++)
        {
            await pace.WaitForNextTickAsync(cancellationToken);
            readings.Fill(BlockRows, (ulong)(first + i));
            double seconds = await TimeAsync(() => engine.InsertAsync(ReadingsBlock.Table, readings.Block, $"{first}-{i}", cancellationToken));
            if (i >= 0)
            {
                times.Add(seconds * 1000);
            }
        }

        return times;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
