using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Stores batches, one after another, and only then settles with their senders.
/// <para>
/// One insert of readings is one partition and therefore all or nothing. First come births, rejects, the readings of each month, then the rollups of all, last the table <c>frames</c>: a frame that
/// is there is stored completely. What a crash leaves between the first and the last insert is found by <see cref="Ledger.LedgerRecovery"/>.
/// </para>
/// </summary>
internal sealed class BatchWriter(
    IClickHouseEngine engine,
    StoreTables tables,
    Batcher batcher,
    StoreRetry retry,
    CursorPublisher cursors,
    IngestCounters counters,
    StorageLatency latency,
    TimeProvider time,
    IWriteGuard? guard)
{
    // The tokens of an earlier run must never meet those of this one: a different block under a used token would be dropped without a word.
    private readonly string _run = Guid.NewGuid().ToString("N");
    private ulong _storedThrough;

    /// <summary>The last batch that is stored completely, and with it every earlier one. Any thread.</summary>
    public ulong StoredThrough
    {
        get => Volatile.Read(ref _storedThrough);
        private set => Volatile.Write(ref _storedThrough, value);
    }

    /// <summary>The number of the last batch that an earlier run may have used: it is stored as far as it ever will be.</summary>
    public void ContinueAfter(ulong lastId) => StoredThrough = Math.Max(StoredThrough, lastId);

    /// <summary>Runs until the batcher is closed and everything is stored, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await batcher.TakeAsync(cancellationToken) is { } batch)
        {
            await StoreAsync(batch, cancellationToken);
            StoredThrough = batch.Id;
            Settle(batch);
            batcher.Return(batch);
        }
    }

    private async ValueTask StoreAsync(Batch batch, CancellationToken cancellationToken)
    {
        await InsertAsync(tables.GatewayHistory, batch.Births.Gateways, batch.Id, 0, cancellationToken);
        await InsertAsync(tables.AssetHistory, batch.Births.Assets, batch.Id, 0, cancellationToken);
        await InsertAsync(tables.Rejects, batch.Rejects.Native, batch.Id, 0, cancellationToken);
        foreach ((int month, MonthRows rows) in batch.Months)
        {
            foreach ((int rule, ReadingsBlock readings) in rows.Readings)
            {
                await InsertAsync(tables.Readings, readings.Native, batch.Id, (month * RetentionRules.MaximumRules) + rule, cancellationToken);
            }
        }

        // Behind the readings they are made of: what a rollup has, the readings have. All years in one insert: each is all or nothing, and that is what a start looks at.
        await InsertAsync(tables.RollupMinute, batch.Minutes.Native, batch.Id, 0, cancellationToken);
        await InsertAsync(tables.RollupHour, batch.Hours.Native, batch.Id, 0, cancellationToken);

        batch.Frames.Seal(batch.Id, time.GetUtcNow().ToUnixTimeMilliseconds());
        await InsertAsync(tables.Frames, batch.Frames.Native, batch.Id, 0, cancellationToken);
    }

    private ValueTask InsertAsync(string table, NativeBlock block, ulong batch, int partition, CancellationToken cancellationToken)
    {
        if (block.Rows == 0)
        {
            return ValueTask.CompletedTask;
        }

        string token = string.Create(CultureInfo.InvariantCulture, $"{_run}-{batch}-{partition}");
        return retry.RunAsync(
            static async (insert, ct) =>
            {
                if (insert.Guard is { } guard)
                {
                    await guard.WriteAsync(mayWrite => insert.Engine.InsertAsync(insert.Table, insert.Block, insert.Token, mayWrite), ct);
                }
                else
                {
                    await insert.Engine.InsertAsync(insert.Table, insert.Block, insert.Token, ct);
                }
            },
            (Engine: engine, Guard: guard, Table: table, Block: block, Token: token),
            cancellationToken);
    }

    private void Settle(Batch batch)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        counters.BatchStored(batch.Rows);
        foreach (Settlement settlement in batch.Settlements)
        {
            if (settlement.Frame is { } frame)
            {
                frame.Epoch.StoredNext = frame.Seq + 1;
                counters.FrameSettled(settlement.Refused is not null);
                if (frame.ClockIsKnown && settlement.Refused is null)
                {
                    latency.Add(now - frame.SealedAtMs);
                }

                if (settlement.Refused is null)
                {
                    settlement.Gateway!.Activity.FrameStored(frame.Bytes, frame.ClockIsKnown ? now - frame.SealedAtMs : 0);
                }
            }

            if (settlement.Reason != MqttReasonCode.Success)
            {
                settlement.Gateway?.Activity.MessageRejected();
            }

            if (settlement.Gateway is { } gateway)
            {
                if (settlement.Refused is { } refused)
                {
                    gateway.AddRefused(refused);
                }

                cursors.Touch(gateway);
            }

            settlement.Confirmation.Complete(settlement.Reason);
        }
    }
}
