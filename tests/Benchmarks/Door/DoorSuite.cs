using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using IotTelemetry.Benchmarks.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Benchmarks.Door;

/// <summary>
/// The HTTP door: rows per second of one large result, by way of the door over loopback and from the engine alone, which writes into this process's memory; and how long frames wait for
/// their confirmation while ten readers keep the engine busy, and how evenly these are served. Client, door, ingest and engine share the machine's cores.
/// </summary>
internal sealed class DoorSuite : ISuite
{
    private const int Rows = 10_000_000;
    private const int Rounds = 5;
    private const int Readers = 10;

    // The share of the engine's own rate that is to come out.
    private const double NativeShare = 0.7;

    // The bounds that cloud/README.md states.
    private const double ConfirmedBoundMs = 2000;
    private const double MostUneven = 1.5;
    private const string HeavyQuery = $"SELECT point, count(), avg(value), max(sipHash64(asset, value)) FROM {ReadingsBlock.Table} GROUP BY point";

    public string Name => "door";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = directory, MemoryBytes = StoreEngine.MemoryBytes }, cancellationToken: cancellationToken);
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

            IReadOnlyList<double> quiet = await PacedIngest.RunAsync(engine, "quiet", cancellationToken);
            yield return new Figure("frame confirmed after, nobody reads, p50 at 20,000 readings/s", quiet[quiet.Count / 2], "ms", Better.Lower);
            yield return new Figure("frame confirmed after, nobody reads, p99", quiet[quiet.Count * 99 / 100], "ms", Better.Lower);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<int>[] readers = [.. Enumerable.Range(0, Readers).Select(_ => door.KeepReadingAsync(HeavyQuery, stop.Token))];
            IReadOnlyList<double> busy = await PacedIngest.RunAsync(engine, "busy", cancellationToken);
            await stop.CancelAsync();
            int[] reads = await Task.WhenAll(readers);
            yield return new Figure($"frame confirmed after, {Readers} heavy readers, p50", busy[busy.Count / 2], "ms", Better.Lower, null, "nobody reads", quiet[quiet.Count / 2]);
            yield return new Figure($"frame confirmed after, {Readers} heavy readers, p99", busy[busy.Count * 99 / 100], "ms", Better.Lower, ConfirmedBoundMs, "nobody reads", quiet[quiet.Count * 99 / 100]);
            yield return new Figure($"queries answered, of the reader served most over the one served least, of {Readers}", reads.Max() / (double)reads.Min(), "", Better.Lower, MostUneven);
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

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
