using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Schema;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Storage;

/// <summary>
/// What readings cost on the disk and to ask, at 100 M rows: the service's own table beside one with the same order and nothing but what the queries need. The variable
/// <c>IOT_BENCH_STORAGE_ROWS</c> takes fewer rows. The data goes to the directory of temporary files and is removed.
/// </summary>
internal sealed class StorageSuite : ISuite
{
    private const long FullRows = 100_800_000;
    private const int Rounds = 9;
    private const string Bare = "bench_storage.bare";
    private const string Own = "bench_storage.readings";
    private const string ByException = "bench_exception.readings";

    public string Name => "storage";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StorageData data = new(long.TryParse(Environment.GetEnvironmentVariable("IOT_BENCH_STORAGE_ROWS"), NumberStyles.None, CultureInfo.InvariantCulture, out long rows) ? rows : FullRows);
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        try
        {
            await using EmbeddedEngine engine = await EmbeddedEngine.OpenAsync(
                new EmbeddedEngineOptions { DataDirectory = Path.Combine(directory, "engine"), MemoryBytes = 6L << 30 }, cancellationToken: cancellationToken);
            await CreateAsync(engine, cancellationToken);
            double own = await FillAsync(engine, Own, AllColumns, [data.PolledSql, data.DenseSql], cancellationToken);
            double bare = await FillAsync(engine, Bare, BareColumns, [$"SELECT {BareColumns} FROM {Own}"], cancellationToken);
            string size = $"{data.Rows / 1e6:F0} M rows";
            yield return new Figure($"readings, {size}, all columns: on the disk", own, "bytes/row", Better.Lower, 4.5, "the columns of the queries alone", bare);
            yield return new Figure(
                "readings that come by exception, each at a time of its own, 9.4 M rows: on the disk",
                await FillAsync(engine, ByException, AllColumns, [data.ByExceptionSql(Math.Min(9_400_000, data.Rows))], cancellationToken), "bytes/row", Better.Lower);
            foreach ((string name, string sql) in StorageQueries.All)
            {
                (double ownMs, double bareMs) = await CompareAsync(engine, sql, cancellationToken);
                yield return new Figure($"{name}, {size}", ownMs, "ms", Better.Lower, 1.2 * bareMs, "the columns of the queries alone", bareMs);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private const string BareColumns = "site, gateway, asset_kind, point, asset, ts, value, seq";

    private const string AllColumns = "site, gateway, asset_kind, point, asset, ts, value, epoch, seq, batch, received_at";

    private static async Task CreateAsync(EmbeddedEngine engine, CancellationToken cancellationToken)
    {
        foreach (string database in (string[])["bench_storage", "bench_exception"])
        {
            await new SchemaMigrator(engine, DatabaseName.Parse(database), NullLogger<SchemaMigrator>.Instance).MigrateAsync(cancellationToken);
        }

        await engine.ExecuteAsync(
            $"""
             CREATE TABLE {Bare}
             (
                 site LowCardinality(String), gateway LowCardinality(String), asset_kind LowCardinality(String), point LowCardinality(String), asset String CODEC(ZSTD(3)),
                 ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)), value Float64 CODEC(ZSTD(3)), seq UInt64 CODEC(Delta, ZSTD(3))
             )
             ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (site, point, toStartOfHour(ts), asset, ts)
             """,
            cancellationToken: cancellationToken);
    }

    // Everything is merged once, at the end, instead of again and again while it is filled: the outcome is the same one part.
    private static async Task<double> FillAsync(EmbeddedEngine engine, string table, string columns, string[] sources, CancellationToken cancellationToken)
    {
        await engine.ExecuteAsync($"SYSTEM STOP MERGES {table}", cancellationToken: cancellationToken);
        foreach (string source in sources)
        {
            await engine.ExecuteAsync($"INSERT INTO {table} ({columns}) SELECT {columns} FROM ({source}) SETTINGS max_insert_threads = 2, min_insert_block_size_rows = 2000000, min_insert_block_size_bytes = 0", cancellationToken: cancellationToken);
        }

        await engine.ExecuteAsync($"SYSTEM START MERGES {table}", cancellationToken: cancellationToken);
        await engine.ExecuteAsync($"OPTIMIZE TABLE {table} FINAL", cancellationToken: cancellationToken);
        string[] name = table.Split('.');
        double bytes = 0;
        await foreach (NativeBlock block in engine.QueryAsync(
            $"SELECT sum(bytes_on_disk) / sum(rows) AS bytes FROM system.parts WHERE active AND database = '{name[0]}' AND table = '{name[1]}'", cancellationToken: cancellationToken))
        {
            bytes = block.Get<ValueColumn<double>>("bytes")[0];
        }

        return bytes;
    }

    // In turns, so that what else the machine does meets both alike; medians.
    private static async Task<(double OwnMs, double BareMs)> CompareAsync(EmbeddedEngine engine, string sql, CancellationToken cancellationToken)
    {
        List<double> own = [];
        List<double> bare = [];
        for (int round = -2; round < Rounds; round++)
        {
            double bareMs = await TimeAsync(engine, sql.Replace("{table}", Bare, StringComparison.Ordinal), cancellationToken);
            double ownMs = await TimeAsync(engine, sql.Replace("{table}", Own, StringComparison.Ordinal), cancellationToken);
            if (round >= 0)
            {
                own.Add(ownMs);
                bare.Add(bareMs);
            }
        }

        return (Median(own), Median(bare));
    }

    private static async Task<double> TimeAsync(EmbeddedEngine engine, string sql, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        long rows = 0;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            rows += block.Rows;
        }

        return rows > 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : throw new InvalidOperationException($"no rows: {sql}");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
