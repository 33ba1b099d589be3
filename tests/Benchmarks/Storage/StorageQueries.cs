using System.Globalization;

namespace IotTelemetry.Benchmarks.Storage;

/// <summary>The five queries by which layouts are compared; the table's name goes in place of {table}.</summary>
internal static class StorageQueries
{
    private const string Dense = "site = 'site-000' AND point = 'power_w'";
    private static readonly string From = StorageData.DenseDay.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static IReadOnlyList<(string Name, string Sql)> All { get; } =
    [
        ("a: top 10 assets of a site and point over 24 h", $"SELECT asset, max(value) AS v FROM {{table}} WHERE {Dense} AND ts >= '{From}' AND ts < toDateTime('{From}', 'UTC') + 86400 GROUP BY asset ORDER BY v DESC LIMIT 10"),
        ("b: per-minute maximum per gateway over 3 h", $"SELECT gateway, toStartOfMinute(ts) AS minute, max(value) FROM {{table}} WHERE {Dense} AND ts >= '{From}' AND ts < toDateTime('{From}', 'UTC') + 10800 GROUP BY gateway, minute"),
        ("c: latest value per asset of a site", $"SELECT asset, argMax(value, ts) FROM {{table}} WHERE {Dense} GROUP BY asset"),
        ("d: occupancy per site and hour over 7 days", $"SELECT site, toStartOfHour(ts) AS hour, avg(value) FROM {{table}} WHERE point = 'occupied' AND ts >= toDateTime('{From}', 'UTC') - 6 * 86400 GROUP BY site, hour"),
        ("e: top 20 assets by energy over 30 days", "SELECT asset, sum(value) AS total FROM {table} WHERE point = 'power_w' GROUP BY asset ORDER BY total DESC LIMIT 20"),
    ];
}
