namespace IotTelemetry.Edge.Outbox;

/// <summary>Keeps the ledger true while the outbox works: totals of what is gone, epochs that are drained, and when to write it down. Guarded by the outbox's lock.</summary>
internal sealed class LedgerKeeper
{
    private const int EpochsRemembered = 32;

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly List<LedgerEpoch> _closed;
    private OutboxLedger _totals;
    private bool _isOld;
    private long _savedAt;

    public LedgerKeeper(string directory, TimeProvider time, OutboxContent content)
    {
        _directory = directory;
        _time = time;
        _closed = [.. content.Ledger.Epochs.Where(e => e.LastSeq > 0 && content.Queues.All(q => q.Epoch != e.Epoch))];
        _totals = content.Ledger with { DamagedBytes = content.Ledger.DamagedBytes + (ulong)content.DamagedBytes };
    }

    /// <summary>The newest drained epoch remembered; 0 when there is none.</summary>
    public ulong NewestClosed => _closed.Count > 0 ? _closed.Max(e => e.Epoch) : 0;

    /// <summary>Something has changed that is to be written down, not at once.</summary>
    public void Touch() => _isOld = true;

    public void CountDropped(ulong frames, ulong readings)
    {
        _totals = _totals with { DroppedFrames = _totals.DroppedFrames + frames, DroppedReadings = _totals.DroppedReadings + readings };
        Touch();
    }

    public void CountDamage(long bytes)
    {
        _totals = _totals with { DamagedBytes = _totals.DamagedBytes + (ulong)bytes };
        Touch();
    }

    /// <summary>Takes over what an epoch's segments told, before they are gone for good.</summary>
    public void Close(EpochQueue queue)
    {
        if (queue.LastSeq > 0)
        {
            _closed.Add(new LedgerEpoch(queue.Epoch, queue.LastSeq, queue.ReadingsAppended, queue.ConfirmedSeq));
        }
    }

    /// <summary>Takes a drained epoch out again, to go on with it; null when it is not known.</summary>
    public LedgerEpoch? Reopen(ulong epoch)
    {
        var known = _closed.Find(e => e.Epoch == epoch);
        _ = known is not null && _closed.Remove(known);
        return known;
    }

    /// <summary>The ledger as it would be written now.</summary>
    public OutboxLedger Current(List<EpochQueue> open)
    {
        while (_closed.Count > EpochsRemembered)
        {
            _totals = _totals with { EarlierFrames = _totals.EarlierFrames + _closed[0].LastSeq, EarlierReadings = _totals.EarlierReadings + _closed[0].ReadingsAppended };
            _closed.RemoveAt(0);
        }

        return _totals with
        {
            Epochs = [.. _closed, .. open.Select(q => new LedgerEpoch(q.Epoch, q.LastSeq, q.ReadingsAppended, q.ConfirmedSeq))],
        };
    }

    public void Save(List<EpochQueue> open)
    {
        // First, so that a disk that takes nothing is not asked more often.
        _savedAt = _time.GetTimestamp();

        // Epochs without a cursor, too: their segments tell everything, and may all be confirmed and gone before the next time.
        LedgerFile.Save(_directory, Current(open));
        _isOld = false;
    }

    /// <summary>Whether something has changed that is not written down, and the last time, or attempt, is at least <paramref name="interval"/> ago.</summary>
    public bool IsOld(TimeSpan interval) => _isOld && _time.GetElapsedTime(_savedAt) >= interval;
}
