using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ledger;

/// <summary>
/// Rebuilds, before the first frame is taken, what ingest must remember: the last frame stored per gateway and epoch, and the rows that a crash left of frames that are
/// not complete. Time and memory grow with the number of gateways and epochs, not with the number of readings.
/// </summary>
internal sealed class LedgerRecovery(IClickHouseEngine engine, StoreTables tables, GatewayRegistry registry, RollupRecovery rollups, ILogger<LedgerRecovery> logger)
{
    /// <summary>Fills the registry.</summary>
    /// <returns>The highest batch number in the store; the next one must be higher.</returns>
    public async Task<ulong> RunAsync(CancellationToken cancellationToken)
    {
        // frames is written before or after its view's target, as the engine likes: after a crash either may have the batch that the other lacks.
        // All data of a batch is stored before both, so whichever has a frame is right. Only the newest batches of frames are read, by the minmax index; the last one of the ledger too,
        // since over several shards it may be there on one of them only.
        ulong ledgerBatch = await ScalarAsync($"SELECT max(batch) AS n FROM {tables.Ledger}", cancellationToken);
        int epochs = await ReadPositionsAsync(
            $"""
             SELECT site, gateway, epoch, max(last) AS seq FROM
             (
                 SELECT site, gateway, epoch, seq AS last FROM {tables.Ledger}
                 UNION ALL
                 SELECT site, gateway, epoch, seq AS last FROM {tables.Frames} WHERE batch >= {ledgerBatch}
             )
             GROUP BY site, gateway, epoch
             """,
            static (epoch, _, _, seq) => epoch.AcceptedNext = epoch.StoredNext = seq + 1,
            cancellationToken);
        ulong committed = Math.Max(ledgerBatch, await ScalarAsync($"SELECT max(batch) AS n FROM {tables.Frames} WHERE batch > {ledgerBatch}", cancellationToken));

        // The tail is written down before a new batch can hide it: after the next batch, "batch > committed" does not find it any more.
        ulong written = await ScalarAsync($"SELECT max(batch) AS n FROM {tables.Readings} WHERE batch > {committed}", cancellationToken);
        if (written > committed)
        {
            await rollups.CompleteAsync($"batch > {committed}", static _ => true, cancellationToken);
            await engine.ExecuteAsync(
                $"""
                 INSERT INTO {tables.Unfinished} (site, gateway, epoch, month, asset_kind, seq)
                 SELECT site, gateway, epoch, toYYYYMM(ts) AS month, asset_kind, max(seq)
                 FROM {tables.Readings} WHERE batch > {committed}
                 GROUP BY site, gateway, epoch, month, asset_kind
                 """,
                cancellationToken: cancellationToken);
        }

        int unfinished = await ReadPositionsAsync(
            $"SELECT site, gateway, epoch, month, asset_kind, max(u.seq) AS seq FROM {tables.Unfinished} AS u GROUP BY site, gateway, epoch, month, asset_kind",
            static (epoch, block, row, seq) =>
            {
                if (seq >= epoch.StoredNext)
                {
                    epoch.MarkUnfinished((int)block.Get<ValueColumn<uint>>("month")[row], (string)block["asset_kind"].GetValue(row)!, seq);
                }
            },
            cancellationToken);
        await ReadBirthsAsync(cancellationToken);
        CloudLog.LedgerRecovered(logger, registry.Count, epochs, unfinished, Math.Max(committed, written));
        return Math.Max(committed, written);
    }

    private async Task<int> ReadPositionsAsync(string sql, Action<EpochState, NativeBlock, int, ulong> apply, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            if (block.Rows == 0)
            {
                continue;
            }

            ValueColumn<ulong> epochs = block.Get<ValueColumn<ulong>>("epoch");
            ValueColumn<ulong> seqs = block.Get<ValueColumn<ulong>>("seq");
            for (int row = 0; row < block.Rows; row++)
            {
                EpochState epoch = GatewayOf(block, row).Epoch(epochs[row]);
                apply(epoch, block, row, seqs[row]);
                count++;
            }
        }

        return count;
    }

    // Only the hashes: the births themselves are read when a frame names one that did not come in since the start.
    private async Task ReadBirthsAsync(CancellationToken cancellationToken)
    {
        string sql = $"SELECT site, gateway, argMax(birth_hash, h.received_at) AS hash FROM {tables.GatewayHistory} AS h GROUP BY site, gateway";
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                GatewayOf(block, row).StoredBirth = BirthHash.TryParse((string?)block["hash"].GetValue(row), out BirthHash hash) ? hash : null;
            }
        }
    }

    private GatewaySession GatewayOf(NativeBlock block, int row) =>
        registry.Get(new GatewayId((string)block["site"].GetValue(row)!, (string)block["gateway"].GetValue(row)!));

    private async Task<ulong> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        ulong value = 0;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            value = block.Rows > 0 ? block.Get<ValueColumn<ulong>>("n")[0] : value;
        }

        return value;
    }
}
