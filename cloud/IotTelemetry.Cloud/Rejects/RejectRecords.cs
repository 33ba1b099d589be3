using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Rejects;

/// <summary>Looks up rejects, and what is stored under their numbers. Thread-safe.</summary>
internal sealed class RejectRecords(IClickHouseEngine engine, StoreTables tables)
{
    /// <summary>The newest rejected frames that the filter means, by gateway, epoch and number; messages without a number are no frames.</summary>
    public async Task<IReadOnlyList<StoredReject>> FramesAsync(RejectFilter filter, CancellationToken cancellationToken)
    {
        ClickHouseParameters parameters = new();
        foreach ((string name, string value) in filter.Parameters)
        {
            parameters.AddText(name, value);
        }

        List<StoredReject> rejects = [];
        string sql =
            $"""
             SELECT * FROM
             (
                 SELECT site, gateway, epoch, seq, fingerprint, reason, toUnixTimestamp64Milli(received_at) AS received, payload
                 FROM {tables.Rejects} FINAL WHERE seq > 0 AND {filter.Sql} ORDER BY received_at DESC LIMIT {filter.Limit}
             )
             ORDER BY site, gateway, epoch, seq
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                rejects.Add(new StoredReject(
                    new GatewayId((string)block["site"].GetValue(row)!, (string)block["gateway"].GetValue(row)!),
                    block.Get<ValueColumn<ulong>>("epoch")[row],
                    block.Get<ValueColumn<ulong>>("seq")[row],
                    block.Get<ValueColumn<ulong>>("fingerprint")[row],
                    (string)block["reason"].GetValue(row)!,
                    block.Get<ValueColumn<long>>("received")[row],
                    block.Get<StringColumn>("payload")[row].ToArray()));
            }
        }

        return rejects;
    }

    /// <summary>The fingerprint of the frame that is stored under this number; null when none is.</summary>
    public async Task<ulong?> StoredUnderAsync(StoredReject reject, CancellationToken cancellationToken)
    {
        ulong? stored = null;
        string sql =
            $$"""
              SELECT fingerprint FROM {{tables.Frames}}
              WHERE site = {site:String} AND gateway = {gateway:String} AND epoch = {epoch:UInt64} AND seq = {seq:UInt64} AND outcome = 'stored' LIMIT 1
              """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, Key(reject), cancellationToken))
        {
            stored = block.Rows > 0 ? block.Get<ValueColumn<ulong>>("fingerprint")[0] : stored;
        }

        return stored;
    }

    /// <summary>Months and kinds of assets of which readings are stored under this number: what a replay that was cut off got done.</summary>
    public async Task<IReadOnlyList<(int Month, string Kind)>> ReadingsUnderAsync(StoredReject reject, long firstMs, long lastMs, CancellationToken cancellationToken)
    {
        List<(int, string)> stored = [];
        string sql =
            $$"""
              SELECT DISTINCT toYYYYMM(ts) AS month, asset_kind FROM {{tables.Readings}}
              WHERE site = {site:String} AND gateway = {gateway:String} AND epoch = {epoch:UInt64} AND seq = {seq:UInt64}
                  AND ts >= fromUnixTimestamp64Milli({first:Int64}) AND ts <= fromUnixTimestamp64Milli({last:Int64})
              """;
        ClickHouseParameters parameters = Key(reject).Add("first", firstMs).Add("last", lastMs);
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                stored.Add(((int)block.Get<ValueColumn<uint>>("month")[row], (string)block["asset_kind"].GetValue(row)!));
            }
        }

        return stored;
    }

    private static ClickHouseParameters Key(StoredReject reject) => new ClickHouseParameters()
        .Add("site", reject.Gateway.Site).Add("gateway", reject.Gateway.Gateway).Add("epoch", reject.Epoch).Add("seq", reject.Seq);
}
