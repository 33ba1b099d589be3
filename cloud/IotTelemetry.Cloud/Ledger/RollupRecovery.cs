using System.Text;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ledger;

/// <summary>
/// Completes the rollups of batches that a crash cut off between their readings and their rollups. A batch's rollup of one year is one part, all or nothing, behind the readings, and
/// a gateway's batches rise: so a reading is missing from the rollup exactly when its batch is higher than the highest one that the rollup has of its gateway and year.
/// A crash in the midst of this is no other case: it is done again, by the same rule.
/// </summary>
internal sealed class RollupRecovery(IClickHouseEngine engine, StoreTables tables, GatewayRegistry registry, ILogger logger)
{
    private const string IsNumber = "quality < 3 AND isFinite(value) AND text = ''";

    /// <summary>Adds what is missing.</summary>
    /// <param name="committed">The last complete batch of each writer whose gateways are taken over.</param>
    /// <param name="isMine">Whose rows are looked after here.</param>
    /// <param name="cancellationToken">Gives up; what is not done is done at the next start.</param>
    public async Task CompleteAsync(IReadOnlyDictionary<uint, ulong> committed, Func<GatewayId, bool> isMine, CancellationToken cancellationToken)
    {
        await CompleteAsync(tables.RollupMinute, "minute", "toStartOfMinute", committed, isMine, cancellationToken);
        await CompleteAsync(tables.RollupHour, "hour", "toStartOfHour", committed, isMine, cancellationToken);
    }

    private async Task CompleteAsync(string table, string slot, string start, IReadOnlyDictionary<uint, ulong> committed, Func<GatewayId, bool> isMine, CancellationToken cancellationToken)
    {
        RollupBlock missing = new(slot);
        await foreach (NativeBlock block in engine.QueryAsync(MissingSql(table, slot, start, committed), cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                GatewayId gateway = new(Text(block, "site", row), Text(block, "gateway", row));
                if (isMine(gateway))
                {
                    Append(missing, block, row, registry.Get(gateway));
                }
            }
        }

        if (missing.Native.Rows > 0)
        {
            await engine.InsertAsync(table, missing.Native, cancellationToken: cancellationToken);
            CloudLog.RollupCompleted(logger, missing.Native.Rows, table);
        }
    }

    // The rollup is asked whoever wrote: a merge gives a cell the highest of its batches, which may be a later writer's complete one.
    private string MissingSql(string table, string slot, string start, IReadOnlyDictionary<uint, ulong> committed) =>
        $"""
         SELECT
             site, gateway, asset_kind, point, toUInt32({start}(ts)) AS slot,
             count() AS readings, countIf({IsNumber}) AS numbers, sumIf(value, {IsNumber}) AS total,
             if(numbers = 0, inf, minIf(value, {IsNumber})) AS lowest, if(numbers = 0, -inf, maxIf(value, {IsNumber})) AS highest,
             max(r.batch) AS last
         FROM (SELECT *, toYear(ts) AS year FROM {tables.Readings} WHERE {BatchNumber.IsYoungerSql(committed)}) AS r
         LEFT JOIN
         (
             SELECT site, gateway, toYear({slot}) AS year, max(batch) AS done FROM (SELECT * FROM {table} WHERE {BatchNumber.IsYoungerThanAnySql(committed)}) GROUP BY site, gateway, year
         ) AS d USING (site, gateway, year)
         WHERE r.batch > d.done
         GROUP BY site, gateway, asset_kind, point, slot
         """;

    private static void Append(RollupBlock rows, NativeBlock block, int row, GatewaySession gateway)
    {
        RollupCell cell = new()
        {
            Readings = block.Get<ValueColumn<ulong>>("readings")[row],
            Numbers = block.Get<ValueColumn<ulong>>("numbers")[row],
            Total = block.Get<ValueColumn<double>>("total")[row],
            Lowest = block.Get<ValueColumn<double>>("lowest")[row],
            Highest = block.Get<ValueColumn<double>>("highest")[row],
        };
        rows.Append(
            gateway, Encoding.UTF8.GetBytes(Text(block, "asset_kind", row)), Encoding.UTF8.GetBytes(Text(block, "point", row)), block.Get<ValueColumn<uint>>("slot")[row], cell, block.Get<ValueColumn<ulong>>("last")[row]);
    }

    private static string Text(NativeBlock block, string column, int row) => (string)block[column].GetValue(row)!;
}
