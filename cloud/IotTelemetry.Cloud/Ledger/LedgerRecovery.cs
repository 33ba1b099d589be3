using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ledger;

/// <summary>
/// Rebuilds, before the first frame of a partition is taken, what ingest must remember: the last frame stored per gateway and epoch, and the rows that a crash left of frames that are
/// not complete. Time and memory grow with the number of gateways and epochs, not with the number of readings.
/// </summary>
internal sealed class LedgerRecovery(IClickHouseEngine engine, StoreTables tables, GatewayRegistry registry, RollupRecovery rollups, ILogger<LedgerRecovery> logger)
{
    /// <summary>Fills the registry.</summary>
    /// <param name="partitions">The partitions that are taken over; gateways of others are left alone.</param>
    /// <param name="predecessors">The writers that wrote for them and may have been interrupted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The highest batch number found; the next one must be higher.</returns>
    public async Task<ulong> RunAsync(PartitionSet partitions, IReadOnlyCollection<uint> predecessors, CancellationToken cancellationToken)
    {
        // frames is written before or after its view's target, as the engine likes: after a crash either may have the batch that the other lacks.
        // All data of a batch is stored before both, so whichever has a frame is right. Only the newest batches of frames are read, by the minmax index; the last one of the ledger
        // too, since over several shards it may be there on one of them only.
        Dictionary<uint, ulong> last = predecessors.ToDictionary(writer => writer, _ => 0UL);
        string young = "0";
        if (last.Count > 0)
        {
            await RaiseAsync(last, tables.Ledger, $"{BatchNumber.WriterSql} IN ({string.Join(',', last.Keys.Select(w => w.ToString(CultureInfo.InvariantCulture)))})", cancellationToken);
            young = BatchNumber.IsYoungerSql(last, orSame: true);
        }

        ulong highest = 0;
        int epochs = await ReadPositionsAsync(
            $"""
             SELECT site, gateway, epoch, max(last) AS seq, max(number) AS highest FROM
             (
                 SELECT site, gateway, epoch, seq AS last, batch AS number FROM {tables.Ledger}
                 UNION ALL
                 SELECT site, gateway, epoch, seq AS last, batch AS number FROM {tables.Frames} WHERE {young}
             )
             GROUP BY site, gateway, epoch
             """,
            partitions,
            (gateway, block, row) =>
            {
                EpochState epoch = gateway.Epoch(block.Get<ValueColumn<ulong>>("epoch")[row]);
                epoch.AcceptedNext = epoch.StoredNext = block.Get<ValueColumn<ulong>>("seq")[row] + 1;
                highest = Math.Max(highest, block.Get<ValueColumn<ulong>>("highest")[row]);
            },
            cancellationToken);

        if (last.Count > 0)
        {
            await RaiseAsync(last, tables.Frames, young, cancellationToken);
            highest = Math.Max(highest, Math.Max(last.Values.Max(), await WriteDownTailAsync(partitions, last, cancellationToken)));
        }

        int unfinished = await ReadPositionsAsync(
            $"SELECT site, gateway, epoch, month, asset_kind, max(u.seq) AS seq FROM {tables.Unfinished} AS u GROUP BY site, gateway, epoch, month, asset_kind",
            partitions,
            static (gateway, block, row) =>
            {
                EpochState epoch = gateway.Epoch(block.Get<ValueColumn<ulong>>("epoch")[row]);
                ulong seq = block.Get<ValueColumn<ulong>>("seq")[row];
                if (seq >= epoch.StoredNext)
                {
                    epoch.MarkUnfinished((int)block.Get<ValueColumn<uint>>("month")[row], (string)block["asset_kind"].GetValue(row)!, seq);
                }
            },
            cancellationToken);

        // Only the hashes: the births themselves are read when a frame names one that did not come in since the start.
        await ReadPositionsAsync(
            $"SELECT site, gateway, argMax(birth_hash, h.received_at) AS hash FROM {tables.GatewayHistory} AS h GROUP BY site, gateway",
            partitions,
            static (gateway, block, row) => gateway.StoredBirth = BirthHash.TryParse((string?)block["hash"].GetValue(row), out BirthHash hash) ? hash : null,
            cancellationToken);
        CloudLog.LedgerRecovered(logger, registry.Count, epochs, unfinished, highest);
        return highest;
    }

    /// <summary>
    /// Completes the rollups of batches that did not come to their end, and writes down what is in readings of them: after the next batch of the same writer, "younger than the last one" would not find it any more, and
    /// a successor knows of no writer but the last.
    /// </summary>
    private async Task<ulong> WriteDownTailAsync(PartitionSet partitions, Dictionary<uint, ulong> committed, CancellationToken cancellationToken)
    {
        ulong highest = 0;
        string isTail = BatchNumber.IsYoungerSql(committed);
        await rollups.CompleteAsync(committed, gateway => partitions.Contains(gateway.Partition), cancellationToken);
        UnfinishedBlock tail = new();
        await ReadPositionsAsync(
            $"""
             SELECT site, gateway, epoch, toYYYYMM(ts) AS month, asset_kind, max(r.seq) AS seq, max(r.batch) AS highest
             FROM {tables.Readings} AS r WHERE {isTail}
             GROUP BY site, gateway, epoch, month, asset_kind
             """,
            partitions,
            (gateway, block, row) =>
            {
                highest = Math.Max(highest, block.Get<ValueColumn<ulong>>("highest")[row]);
                tail.Append(
                    gateway, block.Get<ValueColumn<ulong>>("epoch")[row], block.Get<ValueColumn<uint>>("month")[row], (string)block["asset_kind"].GetValue(row)!, block.Get<ValueColumn<ulong>>("seq")[row]);
            },
            cancellationToken);
        await engine.InsertAsync(tables.Unfinished, tail.Native, cancellationToken: cancellationToken);
        return highest;
    }

    private async Task<int> ReadPositionsAsync(string sql, PartitionSet partitions, Action<GatewaySession, NativeBlock, int> apply, CancellationToken cancellationToken)
    {
        int count = 0;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                GatewayId id = new((string)block["site"].GetValue(row)!, (string)block["gateway"].GetValue(row)!);
                if (partitions.Contains(id.Partition))
                {
                    apply(registry.Get(id), block, row);
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>Raises each writer's last batch to what a table has of it.</summary>
    private async Task RaiseAsync(Dictionary<uint, ulong> last, string table, string condition, CancellationToken cancellationToken)
    {
        string sql = $"SELECT toUInt32({BatchNumber.WriterSql}) AS writer, max(t.batch) AS highest FROM {table} AS t WHERE {condition} GROUP BY writer";
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                uint writer = block.Get<ValueColumn<uint>>("writer")[row];
                last[writer] = Math.Max(last[writer], block.Get<ValueColumn<ulong>>("highest")[row]);
            }
        }
    }
}
