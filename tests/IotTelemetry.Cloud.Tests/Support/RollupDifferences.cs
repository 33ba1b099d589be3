namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>A query for the number of cells in which a rollup is not the aggregate of the distinct readings; sums of fractions may differ by the order of their addition.</summary>
internal static class RollupDifferences
{
    /// <param name="database">Where the tables are.</param>
    /// <param name="slot"><c>minute</c> or <c>hour</c>.</param>
    public static string Sql(string database, string slot) =>
        $"""
         SELECT countIf(a.readings != b.readings OR a.numbers != b.numbers OR abs(a.total - b.total) > 1e-9 * greatest(1, abs(b.total))
             OR a.lowest != b.lowest OR a.highest != b.highest)
         FROM {database}.readings_by_{slot} AS a
         FULL OUTER JOIN
         (
             SELECT site, asset_kind, point, gateway, {(slot == "minute" ? "toStartOfMinute" : "toStartOfHour")}(ts) AS {slot}, count() AS readings,
                 countIf(is_number) AS numbers, sumIf(value, is_number) AS total,
                 if(numbers = 0, inf, minIf(value, is_number)) AS lowest, if(numbers = 0, -inf, maxIf(value, is_number)) AS highest
             FROM (SELECT DISTINCT site, asset_kind, point, gateway, epoch, seq, asset, ts, value, quality < 3 AND text = '' AS is_number FROM {database}.readings)
             GROUP BY site, asset_kind, point, gateway, {slot}
         ) AS b USING (site, asset_kind, point, gateway, {slot})
         """;
}
