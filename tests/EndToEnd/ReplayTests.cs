using System.Globalization;
using System.Text.Json;
using IotTelemetry.Demo;

namespace IotTelemetry.EndToEnd.Tests;

/// <summary>Real input through the whole way: file, agent, MQTT over TCP, ingest, the real engine, an analyst's query.</summary>
public sealed class ReplayTests
{
    private const string Melbourne = "melbourne-parking-bay-sensors.csv";
    private const string Household = "household-power-2007-02-01.csv";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [SharedDataFact(Melbourne)]
    public async Task Melbourne_bays_are_in_clickhouse_as_they_stand_in_the_file()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var cloud = await CloudService.StartAsync(folder.Path, limit.Token);
        await Gateway.ReplayAsync(cloud, folder.Sub("melbourne"), Checkout.SharedData(Melbourne)!, "melbourne-bays", "melbourne", "replay", limit.Token);

        var occupancy = await cloud.QueryNumbersAsync(
            "SELECT uniqExact(asset), countIf(value = 1), countIf(value = 0) FROM iot.readings WHERE point = 'occupied'", limit.Token);
        Assert.Equal([3309, 1751, 1558], occupancy);
        var zones = await cloud.QueryNumbersAsync("SELECT uniqExact(asset), uniqExact(tags['zone']) FROM iot.assets WHERE kind = 'parking_bay'", limit.Token);
        Assert.Equal([3309, 332], zones);

        var stored = await cloud.QueryAsync("SELECT asset, toUnixTimestamp(ts), value FROM iot.readings WHERE point = 'occupied' ORDER BY asset", limit.Token);
        var inFile = FileRows(Checkout.SharedData(Melbourne)!).OrderBy(row => row.KerbsideId, StringComparer.Ordinal).ToArray();
        Assert.Equal(inFile, stored.Select(row => new Bay(AssetNumber(row[0]), row[1].GetInt64(), row[2].GetDouble() == 1)));
    }

    [SharedDataFact(Household)]
    public async Task Household_power_is_in_clickhouse_minute_by_minute()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var cloud = await CloudService.StartAsync(folder.Path, limit.Token);
        await Gateway.ReplayAsync(cloud, folder.Sub("household"), Checkout.SharedData(Household)!, "household-power", "sceaux", "replay", limit.Token);

        var lines = File.ReadLines(Checkout.SharedData(Household)!).Skip(1).Select(line => line.Split(';')).ToArray();
        var values = lines.SelectMany(cells => cells.Skip(2)).Count(cell => cell is not ("" or "?"));
        var total = lines.Where(cells => cells[4] is not ("" or "?")).Sum(cells => double.Parse(cells[4], CultureInfo.InvariantCulture));
        var counts = await cloud.QueryNumbersAsync("SELECT count(), uniqExact(asset, point, ts) FROM iot.readings", limit.Token);
        Assert.Equal([values, values], counts);
        var voltage = (await cloud.QueryAsync("SELECT sum(value), toString(min(ts)) FROM iot.readings WHERE point = 'voltage_v'", limit.Token)).Single();
        Assert.Equal(total, voltage[0].GetDouble(), tolerance: 1e-6 * total);
        Assert.Equal("2007-02-01 00:00:00.000", voltage[1].GetString());
    }

    [SharedDataFact(Household)]
    public async Task A_replay_run_again_by_a_device_that_has_lost_everything_stores_nothing_twice()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var cloud = await CloudService.StartAsync(folder.Path, limit.Token);
        await Gateway.ReplayAsync(cloud, folder.Sub("first"), Checkout.SharedData(Household)!, "household-power", "sceaux", "replay", limit.Token);
        var once = await cloud.QueryNumbersAsync("SELECT count(), uniqExact(asset, point, ts) FROM iot.readings", limit.Token);
        await Gateway.ReplayAsync(cloud, folder.Sub("second"), Checkout.SharedData(Household)!, "household-power", "sceaux", "replay", limit.Token);
        var twice = await cloud.QueryNumbersAsync("SELECT count(), uniqExact(asset, point, ts) FROM iot.readings", limit.Token);
        var rejects = await cloud.QueryNumbersAsync("SELECT count() FROM iot.rejects", limit.Token);
        Assert.Equal(once, twice);
        Assert.Equal(once[0], once[1]);
        Assert.Equal(0, rejects[0]);
    }

    // Assets are named after the KerbsideID; whatever prefix makes it a valid name is not the file's.
    private static string AssetNumber(JsonElement asset) => new([.. asset.GetString()!.Where(char.IsAsciiDigit)]);

    private static IEnumerable<Bay> FileRows(string path) =>
        File.ReadLines(path).Skip(1).Select(line => line.Split(','))
            .Select(cells => new Bay(cells[4], DateTimeOffset.Parse(cells[1], CultureInfo.InvariantCulture).ToUnixTimeSeconds(), cells[3] == "Present"));

    private sealed record Bay(string KerbsideId, long UnixSeconds, bool Occupied);
}
