using System.Globalization;
using System.Text;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Queries;

/// <summary>Each query of the gallery on data whose answer is known.</summary>
[Collection(EngineTests.Name)]
public sealed class GalleryTests(EngineFixture store)
{
    // A Monday.
    private const string Day = "2026-03-02";
    private const string NextDay = "2026-03-03";
    private static readonly string[] Meters = ["meter-1", "meter-2"];

    [Fact]
    public async Task Occupancy_by_hour_and_weekday_counts_each_value_for_as_long_as_it_held()
    {
        // bay-1 is taken from 08:30 to 10:00, and was free the evening before; bay-2 has been taken since the evening before.
        DatabaseName database = await WithReadingsAsync(
            ("bay-1", "occupied", "2026-03-01 20:00:00", 0, 0), ("bay-1", "occupied", $"{Day} 08:30:00", 1, 0), ("bay-1", "occupied", $"{Day} 09:15:00", 1, 3),
            ("bay-1", "occupied", $"{Day} 10:00:00", 0, 0), ("bay-2", "occupied", "2026-03-01 20:00:00", 1, 0));
        string[] rows = (await AskAsync(database, "occupancy-by-hour-and-weekday", Between().Add("zone", "Europe/Berlin"))).Split('\n');
        Assert.Equal(24, rows.Length);
        Assert.Contains("1\t8\t50\t2", rows);
        Assert.Contains("1\t9\t75\t2", rows);
        Assert.Contains("1\t10\t100\t2", rows);
        Assert.Contains("1\t11\t50\t2", rows);
        Assert.Contains("2\t0\t50\t2", rows);
    }

    [Fact]
    public async Task Turnover_counts_stays_that_ended_and_their_length()
    {
        DatabaseName database = await WithReadingsAsync(
            ("bay-1", "occupied", $"{Day} 07:00:00", 0, 0), ("bay-1", "occupied", $"{Day} 08:00:00", 1, 0), ("bay-1", "occupied", $"{Day} 08:10:00", 1, 0),
            ("bay-1", "occupied", $"{Day} 08:30:00", 0, 0), ("bay-1", "occupied", $"{Day} 09:00:00", 1, 0), ("bay-1", "occupied", $"{Day} 10:30:00", 0, 0),
            ("bay-2", "occupied", $"{Day} 23:00:00", 1, 0), ("bay-2", "occupied", $"{NextDay} 01:00:00", 0, 0), ("bay-3", "occupied", $"{Day} 12:00:00", 1, 0));
        Assert.Equal(
            "bay-1\t2\t2\t90\t90\t90\t0\nbay-2\t1\t1\t120\t120\t120\t0\nbay-3\t0\t0\tnan\tnan\t0\t1",
            await AskAsync(database, "turnover-and-stay", Between()));
    }

    [Fact]
    public async Task Broken_sensors_are_named_with_what_they_look_like()
    {
        List<(string, string, string, double, int)> readings = [];
        for (int hour = 0; hour < 24; hour++)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{Day} {hour:D2}:00:00");
            readings.Add(("fine", "distance_mm", at, 100 + hour, 0));
            readings.Add(("stuck", "distance_mm", at, 400, 0));
            readings.Add(("quiet", "occupied", at, 0, 0));
            readings.Add(("failing", "distance_mm", at, 100 + hour, hour % 4 == 0 ? 3 : 0));
            if (hour < 6)
            {
                readings.Add(("silent", "distance_mm", at, 100 + hour, 0));
            }
        }

        DatabaseName database = await WithReadingsAsync([.. readings]);
        await store.Engine.ExecuteAsync($"INSERT INTO {database}.asset_history (site, asset, received_at, kind) SELECT 'harbour', arrayJoin(['fine', 'absent']), now64(3), 'parking_bay'");
        Assert.Equal(
            $"failing\tdistance_mm\tbad readings\t24\t25\t{Day} 23:00:00.000\nabsent\t\tnever reported\t0\tnan\t1970-01-01 00:00:00.000\n"
            + $"silent\tdistance_mm\tsilent\t6\t0\t{Day} 05:00:00.000\nstuck\tdistance_mm\tstuck\t24\t0\t{Day} 23:00:00.000",
            await AskAsync(database, "broken-sensors", Between().Add("silent_hours", 12)));
    }

    [Fact]
    public async Task Top_consumers_are_by_energy_and_a_silent_meter_is_not_extrapolated()
    {
        // meter-1: 6 kW for 30 minutes, then 2 kW said once and held for an hour at most; meter-2: 1 kW for an hour.
        DatabaseName database = await WithReadingsAsync(
            ("meter-1", "power_w", $"{Day} 08:00:00", 6000, 0), ("meter-1", "power_w", $"{Day} 08:30:00", 2000, 0),
            ("meter-2", "power_w", $"{Day} 08:00:00", 1000, 0), ("meter-2", "power_w", $"{Day} 09:00:00", 0, 0), ("meter-3", "power_w", $"{Day} 09:00:00", 1, 0));
        Assert.Equal(
            "meter-1\tmeter\t5\t6000\nmeter-2\tmeter\t1\t1000",
            await AskAsync(database, "top-consumers", Between().Add("max_gap_minutes", 60).Add("top", 2)));
    }

    [Fact]
    public async Task Load_duration_curve_falls_from_the_highest_load_to_the_lowest()
    {
        // Ten quarters with 1 to 10 kW, from two meters.
        DatabaseName database = await WithReadingsAsync([.. Enumerable.Range(0, 10).SelectMany(quarter => Meters.Select(meter =>
            (meter, "power_w", string.Create(CultureInfo.InvariantCulture, $"{Day} {8 + (quarter / 4):D2}:{quarter % 4 * 15:D2}:07"), 500.0 * (quarter + 1), 0)))]);
        Assert.Equal(
            "0\t10\n1\t10\n5\t10\n10\t10\n25\t8\n50\t6\n75\t3\n90\t2\n95\t1\n99\t1\n100\t1",
            await AskAsync(database, "load-duration-curve", Between()));
        Assert.Equal("", await AskAsync(await WithReadingsAsync(), "load-duration-curve", Between()));
    }

    [Fact]
    public async Task Peak_contribution_names_the_quarter_and_each_part()
    {
        DatabaseName database = await WithReadingsAsync(
            ("meter-1", "power_w", $"{Day} 08:00:00", 5000, 0), ("meter-2", "power_w", $"{Day} 08:01:00", 1000, 0),
            ("meter-1", "power_w", $"{Day} 08:20:00", 4000, 0), ("meter-1", "power_w", $"{Day} 08:21:00", 8000, 0), ("meter-2", "power_w", $"{Day} 08:25:00", 2000, 0));
        Assert.Equal(
            $"{Day} 08:15:00\tmeter-1\tmeter\t6\t75\n{Day} 08:15:00\tmeter-2\tmeter\t2\t25",
            await AskAsync(database, "peak-contribution", Between().Add("top", 10)));
    }

    [Fact]
    public async Task Gaps_and_lateness_come_from_the_frames()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        // gw-1: frames 1, 2, 5 of an epoch, the last closed two minutes before it came; gw-2: one frame each of two epochs.
        await store.Engine.ExecuteAsync(
            $"""
             INSERT INTO {database}.frames (site, gateway, epoch, seq, sealed_at, received_at, stored_at)
             SELECT 'harbour', gateway, epoch, seq, received_at - toIntervalMillisecond(late), received_at, received_at + toIntervalMillisecond(500)
             FROM values('gateway String, epoch UInt64, seq UInt64, received_at DateTime64(3, \'UTC\'), late UInt32',
                 ('gw-1', 1, 1, '{Day} 08:00:00', 500), ('gw-1', 1, 2, '{Day} 08:00:01', 500), ('gw-1', 1, 5, '{Day} 08:03:01', 120000),
                 ('gw-2', 1, 9, '{Day} 08:00:00', 500), ('gw-2', 2, 1, '{Day} 08:00:10', 500))
             """);
        Assert.Equal(
            "harbour\tgw-1\t3\t2\t180\t1\t120.5\t1\nharbour\tgw-2\t2\t0\t10\t1\t1\t0",
            await AskAsync(database, "gaps-and-lateness", Between(site: false)));
    }

    [Fact]
    public async Task Readings_per_asset_and_day_are_counted()
    {
        DatabaseName database = await WithReadingsAsync(
            ("meter-1", "power_w", $"{Day} 08:00:00", 1, 0), ("meter-1", "energy_wh", $"{Day} 23:59:59.999", 1, 3), ("meter-1", "power_w", $"{NextDay} 00:00:00", 1, 0),
            ("bay-1", "occupied", $"{Day} 08:00:00", 1, 0));
        Assert.Equal(
            $"{Day}\tbay-1\tparking_bay\t1\t1\t1\n{Day}\tmeter-1\tmeter\t2\t1\t2", await AskAsync(database, "readings-per-asset-and-day", Between()));
    }

    [Fact]
    public async Task Bytes_per_row_are_told_by_table_and_partition()
    {
        DatabaseName database = await WithReadingsAsync([.. Enumerable.Range(0, 60).Select(i => ("bay-1", "occupied", string.Create(CultureInfo.InvariantCulture, $"{Day} 08:{i:D2}:00"), i % 2.0, 0))]);
        string row = Assert.Single((await AskAsync(database, "bytes-per-row", new())).Split('\n'), row => row.StartsWith("readings\t", StringComparison.Ordinal));
        string[] cells = row.Split('\t');
        Assert.Equal((@"(202603,\'*/*\')", "60", "1"), (cells[1], cells[2], cells[6]));
        Assert.InRange(double.Parse(cells[4], CultureInfo.InvariantCulture), 1, 1000);
    }

    [Fact]
    public async Task Top_talkers_are_by_bytes_with_their_rejects()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync(
            $"INSERT INTO {database}.frames (site, gateway, epoch, seq, rows, bytes, received_at) SELECT 'harbour', if(number < 3, 'gw-1', 'gw-2'), 1, number, 10, 150, '{Day} 08:00:00' FROM numbers(4)");
        await store.Engine.ExecuteAsync(
            $"INSERT INTO {database}.rejects (site, gateway, seq, payload, received_at) SELECT 'harbour', 'gw-2', number, repeat('x', 100), '{Day} 08:00:00' FROM numbers(2)");
        Assert.Equal(
            "harbour\tgw-1\t3\t30\t450\t56.2\t0\nharbour\tgw-2\t1\t10\t350\t43.8\t2",
            await AskAsync(database, "top-talkers", Between(site: false).Add("top", 10)));
    }

    [Fact]
    public void Every_query_says_what_it_answers_names_its_parameters_and_stands_in_the_README()
    {
        string readme = File.ReadAllText(Gallery.ReadmePath);
        Assert.Equal(10, Gallery.Names.Count);
        Assert.All(Gallery.Names, name =>
        {
            string[] lines = Gallery.Sql(name).Split('\n');
            Assert.StartsWith("-- ", lines[0], StringComparison.Ordinal);
            Assert.Contains('?', lines[0]);
            Assert.Contains($"`{name}.sql`", readme, StringComparison.Ordinal);
            Assert.All(Gallery.ParametersOf(Gallery.Sql(name)), parameter => Assert.Contains(parameter, lines[1], StringComparison.Ordinal));
        });
    }

    private static ClickHouseParameters Between(bool site = true)
    {
        ClickHouseParameters parameters = new ClickHouseParameters().AddText("from", Day).AddText("to", NextDay);
        return site ? parameters.Add("site", "harbour") : parameters;
    }

    private async Task<DatabaseName> WithReadingsAsync(params (string Asset, string Point, string At, double Value, int Quality)[] readings)
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        string rows = string.Join(", ", readings.Select(r => string.Create(CultureInfo.InvariantCulture, $"('{r.Asset}', '{r.Point}', '{r.At}', {r.Value}, {r.Quality})")));
        if (readings.Length > 0)
        {
            await store.Engine.ExecuteAsync(
                $"""
                 INSERT INTO {database}.readings (site, gateway, asset_kind, point, asset, ts, value, quality)
                 SELECT 'harbour', 'gw-1', if(asset LIKE 'meter%', 'meter', 'parking_bay'), point, asset, ts, value, quality
                 FROM values('asset String, point String, ts DateTime64(3, \'UTC\'), value Float64, quality UInt8', {rows})
                 """);
        }

        return database;
    }

    private async Task<string> AskAsync(DatabaseName database, string name, ClickHouseParameters parameters)
    {
        string sql = Gallery.Sql(name).Replace("iot.", $"{database}.", StringComparison.Ordinal).Replace("'iot'", $"'{database}'", StringComparison.Ordinal);
        using MemoryStream output = new();
        await store.Engine.QueryAsync(sql, "TSV", output, parameters);
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
    }
}
