using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Sessions;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Sessions;

/// <summary>Sessions from readings that are put into the table batch by batch, in any order of their times, with crashes in between.</summary>
[Collection(EngineTests.Name)]
public sealed class SessionDeriverTests(EngineFixture store)
{
    private const long Start = 1_750_000_000_000;

    [Fact]
    public async Task Session_lasts_from_the_first_occupied_to_the_first_free()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await InsertAsync(database, 1, [("bay-1", 0, 0), ("bay-1", 10, 1), ("bay-1", 20, 1), ("bay-1", 45, 0), ("bay-2", 5, 1)]);
        await DeriveAsync(store.Engine, database, 1);
        Assert.Equal(
            """
            bay-1	10	35
            bay-2	5	\N
            """,
            await SessionsAsync(database));

        await InsertAsync(database, 2, [("bay-2", 60, 0), ("bay-1", 60, 1)]);
        await DeriveAsync(store.Engine, database, 2);
        Assert.Equal(
            """
            bay-1	10	35
            bay-1	60	\N
            bay-2	5	55
            """,
            await SessionsAsync(database));
    }

    [Fact]
    public async Task Readings_that_come_late_put_right_what_was_derived_without_them()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await InsertAsync(database, 1, [("bay-1", 10, 1), ("bay-1", 100, 0), ("bay-2", 50, 1)]);
        await DeriveAsync(store.Engine, database, 1);

        // An outage's backlog: bay-1 was free for a while in between, and something stood at bay-2 earlier than seen.
        await InsertAsync(database, 2, [("bay-1", 30, 0), ("bay-1", 80, 1), ("bay-2", 40, 1)]);
        await DeriveAsync(store.Engine, database, 2);
        Assert.Equal(
            """
            bay-1	10	20
            bay-1	80	20
            bay-2	40	\N
            """,
            await SessionsAsync(database));
    }

    [Fact]
    public async Task Failed_and_stale_sensors_say_nothing()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await InsertAsync(database, 1, [("bay-1", 10, 1), ("bay-1", 30, 0)]);
        await InsertAsync(database, 2, [("bay-1", 20, 0)], quality: 3);
        await InsertAsync(database, 3, [("bay-1", 15, 0)], quality: 2);
        await DeriveAsync(store.Engine, database, 3);
        Assert.Equal("bay-1\t10\t20", await SessionsAsync(database));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_session_is_there_once_through_crashes_and_whatever_the_order_of_batches(int seed)
    {
        Random random = new(seed);
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        List<(string Asset, int Second, int Value)> all = [];
        for (ulong batch = 1; batch <= 12; batch++)
        {
            // Different times for each asset, so that the model needs no rule for equal ones.
            (string, int, int)[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => ($"bay-{random.Next(3)}", random.Next(2000), random.Next(2))).DistinctBy(row => (row.Item1, row.Item2))
                .Where(row => !all.Any(known => known.Asset == row.Item1 && known.Second == row.Item2))];
            all.AddRange(rows);
            await InsertAsync(database, batch, rows);
            if (random.Next(2) == 0)
            {
                await CrashAsync(database, batch, random.Next());
            }
        }

        await DeriveAsync(store.Engine, database, 12);
        await DeriveAsync(store.Engine, database, 12); // A start that finds nothing new changes nothing.
        Assert.Equal(string.Join('\n', Expected(all)), await SessionsAsync(database));
    }

    // A deriver that meets an insert which fails before or after it took effect, or goes through; the next one begins from what is stored.
    private async Task CrashAsync(DatabaseName database, ulong through, int seed)
    {
        Random random = new(seed);
        FaultyEngine engine = new(store.Engine, (_, _) => random.Next(3) switch { 0 => InsertFault.FailBefore, 1 => InsertFault.FailAfter, _ => InsertFault.None });
        try
        {
            await DeriveAsync(engine, database, through);
        }
        catch (ClickHouseException fault)
        {
            Assert.Contains("a fault of the test", fault.Message, StringComparison.Ordinal);
        }
    }

    private static async Task DeriveAsync(IClickHouseEngine engine, DatabaseName database, ulong through)
    {
        SessionDeriver deriver = new(engine, new StoreTables(database));
        for (bool more = true; more;)
        {
            more = await deriver.StepAsync(through, CancellationToken.None);
        }
    }

    private Task InsertAsync(DatabaseName database, ulong batch, IReadOnlyList<(string Asset, int Second, int Value)> rows, byte quality = 0)
    {
        NativeBlock block = new();
        LowCardinalityColumn site = block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        LowCardinalityColumn gateway = block.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        LowCardinalityColumn kind = block.Add<LowCardinalityColumn>("asset_kind", "LowCardinality(String)");
        LowCardinalityColumn point = block.Add<LowCardinalityColumn>("point", "LowCardinality(String)");
        StringColumn asset = block.Add<StringColumn>("asset", "String");
        DateTime64Column ts = block.Add<DateTime64Column>("ts", "DateTime64(3, 'UTC')");
        ValueColumn<double> value = block.Add<ValueColumn<double>>("value", "Float64");
        ValueColumn<byte> qualities = block.Add<ValueColumn<byte>>("quality", "UInt8");
        ValueColumn<ulong> seq = block.Add<ValueColumn<ulong>>("seq", "UInt64");
        ValueColumn<ulong> batches = block.Add<ValueColumn<ulong>>("batch", "UInt64");
        foreach ((string name, int second, int number) in rows)
        {
            site.Append("park");
            gateway.Append("gw-1");
            kind.Append("parking_bay");
            point.Append("occupied");
            asset.Append(name);
            ts.Append(Start + (second * 1000L));
            value.Append(number);
            qualities.Append(quality);
            seq.Append(batch);
            batches.Append(batch);
        }

        return store.Engine.InsertAsync($"{database}.readings", block);
    }

    private Task<string> SessionsAsync(DatabaseName database) => store.TextAsync(
        $"SELECT asset, toUnixTimestamp(arrived) - {Start / 1000} AS second, seconds FROM {database}.occupancy_sessions ORDER BY asset, second");

    private static IEnumerable<string> Expected(List<(string Asset, int Second, int Value)> readings)
    {
        foreach (IGrouping<string, (string Asset, int Second, int Value)> asset in readings.GroupBy(reading => reading.Asset).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int? arrived = null;
            foreach ((_, int second, int value) in asset.OrderBy(reading => reading.Second))
            {
                if (value == 0 && arrived is { } from)
                {
                    yield return $"{asset.Key}\t{from}\t{second - from}";
                    arrived = null;
                }
                else if (value == 1)
                {
                    arrived ??= second;
                }
            }

            if (arrived is { } open)
            {
                yield return $"{asset.Key}\t{open}\t\\N";
            }
        }
    }
}
