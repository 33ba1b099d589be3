using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>The rows of lockouts: one for whatever happened to one, written before it has an effect.</summary>
internal sealed class LockoutTable(IClickHouseEngine engine, StoreTables tables, StoreRetry retry)
{
    private const string Time = "DateTime64(3, 'UTC')";

    /// <summary>Appends a row; completes when it is stored.</summary>
    /// <exception cref="OperationCanceledException">Whether the row is stored is not known.</exception>
    public async Task AppendAsync(LockoutAction action, Lockout lockout, long revision, DateTimeOffset at, string actor, CancellationToken cancellationToken)
    {
        NativeBlock block = new();
        block.Add<DateTime64Column>("at", Time).Append(at);
        block.Add<LowCardinalityColumn>("action", "LowCardinality(String)").Append(action.ToString().ToLowerInvariant());
        block.Add<LowCardinalityColumn>("site", "LowCardinality(String)").Append(lockout.Asset.Site);
        block.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)").Append(lockout.Gateway.Gateway);
        block.Add<ValueColumn<long>>("revision", "Int64").Append(revision);
        block.Add<StringColumn>("asset", "String").Append(lockout.Asset.Name);
        block.Add<StringColumn>("holder", "String").Append(lockout.Holder);
        block.Add<StringColumn>("actor", "String").Append(actor);
        block.Add<StringColumn>("reason", "String").Append(lockout.Reason);
        block.Add<DateTime64Column>("since", Time).Append(lockout.Since);
        block.Add<DateTime64Column>("until", Time).Append(lockout.Until ?? DateTimeOffset.UnixEpoch);
        string token = Guid.CreateVersion7().ToString();
        await retry.RunAsync(
            static (state, stop) => new ValueTask(state.engine.InsertAsync(state.Lockouts, state.block, state.token, stop)),
            (engine, tables.Lockouts, block, token),
            cancellationToken);
    }

    /// <summary>What is in force, by gateway; also gateways whose last lockout is gone, for the sake of their revision.</summary>
    public async Task<IReadOnlyList<GatewayLockouts>> ReadAsync(CancellationToken cancellationToken)
    {
        Dictionary<GatewayId, GatewayLockouts> gateways = [];
        string sql =
            $"""
             SELECT site, gateway, asset, holder, max(l.revision) AS revision, argMax(l.action, l.revision) IN ('set', 'changed') AS holds,
                 argMax(l.reason, l.revision) AS reason, argMax(l.since, l.revision) AS since, argMax(l.until, l.revision) AS until
             FROM {tables.Lockouts} AS l
             GROUP BY site, gateway, asset, holder
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                GatewayId id = new(Text(block, "site", row), Text(block, "gateway", row));
                long revision = block.Get<ValueColumn<long>>("revision")[row];
                GatewayLockouts known = gateways.GetValueOrDefault(id, new GatewayLockouts(id, 0, []));
                gateways[id] = known with
                {
                    Revision = Math.Max(known.Revision, revision),
                    Lockouts = block.Get<ValueColumn<byte>>("holds")[row] == 0 ? known.Lockouts : known.Lockouts.Add(LockoutOf(block, row, id, revision)),
                };
            }
        }

        return [.. gateways.Values];
    }

    private static Lockout LockoutOf(NativeBlock block, int row, GatewayId gateway, long revision)
    {
        DateTime64Column until = block.Get<DateTime64Column>("until");
        return new Lockout(
            new AssetId(gateway.Site, Text(block, "asset", row)),
            gateway,
            Text(block, "holder", row),
            Text(block, "reason", row),
            block.Get<DateTime64Column>("since").GetTimestamp(row),
            until[row] == 0 ? null : until.GetTimestamp(row),
            revision);
    }

    private static string Text(NativeBlock block, string column, int row) => block[column] is StringColumn text ? text.GetString(row) : (string)block[column].GetValue(row)!;
}
