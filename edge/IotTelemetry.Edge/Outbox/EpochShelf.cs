using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// The epochs that lie on disk, and how segments leave them: confirmed, too old, or given up for want of room. A disk that fails here costs room and nothing else: what could not be deleted or
/// written down is tried again with the next upkeep. Guarded by the outbox's lock, except <see cref="Changes"/>.
/// </summary>
internal sealed class EpochShelf
{
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<EpochQueue> _queues;
    private readonly LedgerKeeper _ledger;
    private readonly SegmentAge _age;
    private int _changes;
    private bool _isFailing;

    public EpochShelf(OutboxOptions options, TimeProvider time, ILogger log, OutboxContent content)
    {
        _options = options;
        _time = time;
        _log = log;
        _queues = content.Queues;
        _ledger = new LedgerKeeper(options.Directory, time, content);
        _age = new SegmentAge(time);
        Bytes = _queues.Sum(q => q.Bytes + q.Birth.Length);
    }

    /// <summary>Rises when an epoch begins or is drained.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Oldest first; the last is the current one.</summary>
    public IReadOnlyList<EpochQueue> Queues => _queues;

    public EpochQueue Current => _queues[^1];

    /// <summary>Bytes of all segments, and of the births of all epochs but the current one: each start during an outage leaves one.</summary>
    public long Bytes { get; set; }

    public LedgerKeeper Ledger => _ledger;

    public OutboxStatus Status() => new OutboxContent(_ledger.Current(_queues), null, _queues, 0).ToStatus();

    /// <summary>Begins an epoch; nothing of it is on disk before its first frame.</summary>
    public void Begin(Random random)
    {
        // Milliseconds and ten random bits: an outbox that was wiped, on a device whose clock starts anew at each boot, must not meet its own past.
        var previous = Math.Max(_queues.Count > 0 ? _queues.Max(q => q.Epoch) : 0, _ledger.NewestClosed);
        Add(new EpochQueue(Math.Max(previous + 1, ((ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds()) << 10) | (uint)random.Next(1024)), _options.Directory));
    }

    /// <summary>Goes on with an epoch whose frames can be made again, wherever it stands.</summary>
    public void Resume(ulong epoch)
    {
        var queue = _queues.Find(q => q.Epoch == epoch);
        var known = queue is null ? _ledger.Reopen(epoch) : new LedgerEpoch(epoch, queue.LastSeq, queue.ReadingsAppended, queue.ConfirmedSeq);
        _ = queue is not null && _queues.Remove(queue);
        queue ??= new EpochQueue(epoch, _options.Directory);
        queue.ConfirmedSeq = known?.ConfirmedSeq ?? 0;

        // What the ledger remembers beyond the segments was lost with their end: it is made again. Without segments, only a position that the cursor has passed is sure.
        (queue.LastSeq, queue.ReadingsAppended) = queue.Segments.Count > 0 ? (queue.Segments[^1].LastSeq, queue.Segments[^1].ReadingsAfter)
            : known is not null && known.LastSeq <= known.ConfirmedSeq ? (known.LastSeq, known.ReadingsAppended)
            : (0, 0);
        Add(queue);
    }

    /// <summary>Deletes what the cursor has passed.</summary>
    /// <param name="writing">The segment that is being written; it stays.</param>
    public void RemoveConfirmed(Segment? writing)
    {
        for (var i = _queues.Count - 1; i >= 0; i--)
        {
            var queue = _queues[i];
            while (queue.Segments.Count > 0 && queue.Segments[0] is var first && first.LastSeq <= queue.ConfirmedSeq && first != writing)
            {
                if (!Guarded(() => Delete(queue, first)))
                {
                    return;
                }
            }

            CloseIfDone(queue);
        }
    }

    /// <summary>Gives up the oldest segment that holds frames; false when there is none.</summary>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="discard">Called first when it is the segment being written.</param>
    /// <param name="writing">The segment that is being written.</param>
    /// <exception cref="IOException">It could not be deleted.</exception>
    public bool DropOldest(string reason, Segment? writing, Action discard)
    {
        if (_queues.Find(q => q.Segments.Count > 0) is not { } queue || (queue.Segments[0] is var oldest && oldest == writing && oldest.LastSeq < oldest.FirstSeq))
        {
            return false;
        }

        if (oldest == writing)
        {
            discard();
        }

        var firstLost = Math.Max(oldest.FirstSeq, queue.ConfirmedSeq + 1);
        var readings = oldest.LastSeq >= firstLost ? SegmentTally.ReadingsFrom(oldest, firstLost) : 0;
        Delete(queue, oldest);
        if (oldest.LastSeq >= firstLost)
        {
            _ledger.CountDropped(oldest.LastSeq - firstLost + 1, readings);
            OutboxLog.FramesDropped(_log, reason, queue.Epoch, firstLost, oldest.LastSeq, readings);
        }

        CloseIfDone(queue);
        _ledger.Touch();
        return true;
    }

    /// <summary>Drops what is too old, deletes what is confirmed and writes the ledger down if it has changed.</summary>
    public void Maintain(Segment? writing)
    {
        while (_queues.Find(q => q.Segments.Count > 0)?.Segments[0] is { } oldest && oldest != writing && _age.Of(oldest) > _options.MaximumAge)
        {
            if (!Guarded(() => DropOldest("too old", writing, static () => { })))
            {
                break;
            }
        }

        RemoveConfirmed(writing);
        if (_ledger.IsOld(_options.CursorInterval))
        {
            SaveLedger();
        }
    }

    public void SaveLedger() => Guarded(() => _ledger.Save(_queues));

    private void Add(EpochQueue queue)
    {
        _queues.Add(queue);
        Interlocked.Increment(ref _changes);
    }

    private void Delete(EpochQueue queue, Segment segment)
    {
        File.Delete(segment.Path);
        queue.Segments.Remove(segment);
        Bytes -= segment.Bytes;
    }

    private void CloseIfDone(EpochQueue queue)
    {
        if (queue == Current || queue.Segments.Count > 0)
        {
            return;
        }

        _ledger.Close(queue);
        _queues.Remove(queue);
        Bytes -= queue.Birth.Length;
        Interlocked.Increment(ref _changes);
        SaveLedger();
        Guarded(() =>
        {
            if (Directory.Exists(queue.Directory))
            {
                Directory.Delete(queue.Directory, recursive: true);
            }
        });
        OutboxLog.EpochDrained(_log, queue.Epoch, queue.LastSeq, queue.ReadingsAppended);
    }

    /// <summary>False when the disk failed; that is said once, until it works again.</summary>
    private bool Guarded(Action work)
    {
        try
        {
            work();
            _isFailing = false;
            return true;
        }
        catch (IOException exception)
        {
            if (!_isFailing)
            {
                OutboxLog.UpkeepFailed(_log, exception, _options.Directory);
            }

            _isFailing = true;
            _ledger.Touch();
            return false;
        }
    }
}
