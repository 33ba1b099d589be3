using System.Globalization;

namespace IotTelemetry.Benchmarks.Storage;

/// <summary>
/// The data set, as SQL that the engine runs itself: sites of 5,000 assets with 10 gateways each, 4 points per asset, 30 days. A gateway reads its assets one after the other, 4 ms each, 47
/// times in the 30 days; the first site is read once a minute on the last day, one point, so that queries find a dense range. Nothing is random but by a hash of its place.
/// </summary>
internal sealed class StorageData(long rows)
{
    public const int AssetsPerSite = 5000;
    private const int Points = 4;
    private const int Rounds = 47;
    private const long FullRows = 100_800_000;
    private const long StartMs = 1_772_323_200_000; // 2026-03-01
    private const long DayMs = 86_400_000;
    private const long RoundMs = 30 * DayMs / Rounds;

    /// <summary>The last day, on which the first site is dense.</summary>
    public static DateTimeOffset DenseDay { get; } = DateTimeOffset.FromUnixTimeMilliseconds(StartMs + (29 * DayMs));

    public long Sites { get; } = Math.Max(1, rows * 100 / FullRows);

    public long DenseMinutes { get; } = Math.Clamp(rows * 1440 / FullRows, 180, 1440);

    /// <summary>Rows that <see cref="PolledSql"/> and <see cref="DenseSql"/> give together.</summary>
    public long Rows => (Sites * AssetsPerSite * Points * Rounds) + (DenseMinutes * AssetsPerSite);

    /// <summary>Every asset and point, 47 times.</summary>
    public string PolledSql => Select(
        $"n % {Sites * AssetsPerSite} AS a, intDiv(n, {Sites * AssetsPerSite}) AS k, k % {Points} AS p, intDiv(k, {Points}) AS r, "
        + $"{StartMs} + r * {RoundMs} + cityHash64(s, g, r) % {RoundMs} AS frame_ms, toInt64(frame_ms + (a % 500) * 4) AS ms",
        Sites * AssetsPerSite * Points * Rounds);

    /// <summary>The first site's power, once a minute.</summary>
    public string DenseSql => Select(
        $"n % {AssetsPerSite} AS a, 2 AS p, intDiv(n, {AssetsPerSite}) + 1000 AS r, "
        + $"{DenseDay.ToUnixTimeMilliseconds()} + (r - 1000) * 60000 + cityHash64(s, g) % 50000 AS frame_ms, toInt64(frame_ms + (a % 500) * 4) AS ms",
        DenseMinutes * AssetsPerSite);

    /// <summary>Readings by exception: every asset at a time of its own, every reading in another frame. The dearest kind to store.</summary>
    public string ByExceptionSql(long count) => Select(
        $"n % {Sites * AssetsPerSite} AS a, intDiv(n, {Sites * AssetsPerSite}) AS k, k % {Points} AS p, intDiv(k, {Points}) AS r, "
        + $"toInt64({StartMs} + r * {RoundMs} + cityHash64(a, p, r) % {RoundMs}) AS ms, intDiv(ms, 5000) * 5000 + 5000 AS frame_ms",
        count);

    private static string Select(string place, long count) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
         WITH intDiv(a, {AssetsPerSite}) AS s, intDiv(a % {AssetsPerSite}, 500) AS g, {place},
             toInt64(frame_ms + 2200 + cityHash64(s, g, frame_ms) % 300) AS received_ms
         SELECT
             concat('site-', leftPad(toString(s), 3, '0')) AS site,
             concat('gw-', toString(s), '-', toString(g)) AS gateway,
             ['parking_bay', 'ev_charger', 'meter', 'feeder'][s % 4 + 1] AS asset_kind,
             ['occupied', 'distance_mm', 'power_w', 'temperature'][p + 1] AS point,
             concat('asset-', leftPad(toString(a), 6, '0')) AS asset,
             fromUnixTimestamp64Milli(ms, 'UTC') AS ts,
             multiIf(p = 0, toFloat64(cityHash64(ms, a) % 2), p = 1, toFloat64(200 + cityHash64(ms, a) % 3800),
                 p = 2, round(300 + 200 * sin(ms / 14400000) + (cityHash64(ms, a, 7) % 1000) / 10, 1),
                 round(15 + 8 * sin(ms / 13750987) + (cityHash64(ms, a, 3) % 20) / 10, 1)) AS value,
             {StartMs} + s * 10 + g AS epoch,
             intDiv(frame_ms - {StartMs}, 5000) AS seq,
             bitShiftLeft(toUInt64(intDiv(received_ms, 500) * 500), 20) AS batch,
             fromUnixTimestamp64Milli(received_ms, 'UTC') AS received_at
         FROM (SELECT number AS n FROM numbers_mt({count}))
         """);
}
