using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ledger;

/// <summary>Looks up, for the rare message that memory does not answer, what the store has of a gateway. Thread-safe.</summary>
internal sealed class StoredRecords(IClickHouseEngine engine, StoreTables tables)
{
    // One look-up answers for a long repeat, so that a gateway that sends a day's frames again costs a few look-ups and not one per frame.
    private const int FramesPerLookup = 4096;

    /// <summary>The fingerprints of stored frames of an epoch, from <paramref name="from"/> on.</summary>
    public async ValueTask<StoredFingerprints> FingerprintsAsync(GatewayId gateway, ulong epoch, ulong from, CancellationToken cancellationToken)
    {
        Dictionary<ulong, ulong> found = [];
        ulong last = from;
        ClickHouseParameters parameters = Of(gateway).Add("epoch", epoch).Add("from", from);
        string sql =
            $$"""
              SELECT seq, fingerprint FROM {{tables.Frames}}
              WHERE site = {site:String} AND gateway = {gateway:String} AND epoch = {epoch:UInt64} AND seq >= {from:UInt64}
              ORDER BY seq LIMIT {{FramesPerLookup}}
              """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                last = block.Get<ValueColumn<ulong>>("seq")[row];
                found[last] = block.Get<ValueColumn<ulong>>("fingerprint")[row];
            }
        }

        return new StoredFingerprints(from, found, found.Count == FramesPerLookup ? last : ulong.MaxValue);
    }

    /// <summary>A stored birth, as it came over the wire; null when the store does not have it.</summary>
    public async ValueTask<byte[]?> BirthAsync(GatewayId gateway, BirthHash hash, CancellationToken cancellationToken)
    {
        byte[]? birth = null;
        string sql =
            $$"""
              SELECT birth FROM {{tables.GatewayHistory}}
              WHERE site = {site:String} AND gateway = {gateway:String} AND birth_hash = {hash:String}
              ORDER BY received_at DESC LIMIT 1
              """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, Of(gateway).Add("hash", hash.ToString()), cancellationToken))
        {
            birth = block.Rows > 0 ? block.Get<StringColumn>("birth")[0].ToArray() : birth;
        }

        return birth;
    }

    private static ClickHouseParameters Of(GatewayId gateway) => new ClickHouseParameters().Add("site", gateway.Site).Add("gateway", gateway.Gateway);
}
