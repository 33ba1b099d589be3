using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Gathers entries of all connections into the open batch, and hands it over when it is due: large or old enough. There are two batches: one open, one being written, while which the
/// open one goes on growing. When both are full, adding waits, and with it the reading of the connection: that bounds memory to two batches. Thread-safe; one taker.
/// </summary>
internal sealed class Batcher(IngestOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Batch _open = new(options.Retention);
    private Batch? _spare = new(options.Retention);
    private ulong _lastId;
    private bool _closing;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _room = NewSignal();

    /// <summary>When the oldest frame that is not stored came in, Unix milliseconds; 0 when there is none. The taker's batch counts while it is not returned.</summary>
    public long OldestReceivedAtMs { get; private set; }

    /// <summary>Which writer's numbers the batches get; set before the first entry.</summary>
    public uint Writer { get; set; } = BatchNumber.Embedded;

    /// <summary>Batches closed from now on have higher numbers than this one, which earlier writers may have used.</summary>
    public void ContinueAfter(ulong lastId)
    {
        lock (_gate)
        {
            _lastId = Math.Max(_lastId, lastId);
        }
    }

    /// <summary>Adds an entry; waits while there is no room.</summary>
    public ValueTask AddAsync<T>(T entry, CancellationToken cancellationToken)
        where T : struct, IBatchEntry =>
        TryAdd(entry, out Task room) ? ValueTask.CompletedTask : AddLaterAsync(entry, room, cancellationToken);

    /// <summary>Takes the next batch as soon as it is full or old enough; null when <see cref="Close"/> was called and nothing is left.</summary>
    public async ValueTask<Batch?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan wait;
            Batch? taken = null;
            lock (_gate)
            {
                if (_open.IsEmpty && _closing)
                {
                    return null;
                }

                wait = _open.IsEmpty ? Timeout.InfiniteTimeSpan : TimeToGo();
                if (wait == TimeSpan.Zero)
                {
                    taken = Swap();
                }

                changed = _changed.Task;
            }

            // Outside of the lock: it takes some milliseconds, in which others add to the next batch.
            if (taken is not null)
            {
                taken.Seal();
                return taken;
            }

            await WaitAsync(changed, wait, cancellationToken);
        }
    }

    /// <summary>Gives a stored batch back for reuse.</summary>
    public void Return(Batch batch)
    {
        batch.Clear();
        lock (_gate)
        {
            _spare = batch;
            OldestReceivedAtMs = _open.OldestReceivedAtMs;
        }
    }

    /// <summary>What is open goes at once, and the taker then gets null.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            _changed.TrySetResult();
        }
    }

    private async ValueTask AddLaterAsync<T>(T entry, Task room, CancellationToken cancellationToken)
        where T : struct, IBatchEntry
    {
        do
        {
            await room.WaitAsync(cancellationToken);
        }
        while (!TryAdd(entry, out room));
    }

    private bool TryAdd<T>(T entry, out Task room)
        where T : struct, IBatchEntry
    {
        lock (_gate)
        {
            room = _room.Task;
            if (_open.Rows >= options.MaximumBatchRows || _open.Bytes >= options.BatchBytes)
            {
                return false;
            }

            bool wasEmpty = _open.IsEmpty;
            entry.AddTo(_open);
            if (wasEmpty)
            {
                _open.Open(time.GetTimestamp());
                OldestReceivedAtMs = OldestReceivedAtMs == 0 ? _open.OldestReceivedAtMs : OldestReceivedAtMs;
            }

            if (wasEmpty || IsDue)
            {
                _changed.TrySetResult();
            }

            return true;
        }
    }

    private bool IsDue => _open.Rows >= options.BatchRows || _open.Bytes >= options.BatchBytes;

    private TimeSpan TimeToGo()
    {
        if (IsDue || _closing)
        {
            return TimeSpan.Zero;
        }

        TimeSpan age = _open.Rows is > 0 && _open.Rows < options.TrickleRows ? options.TrickleAge : options.BatchAge;
        TimeSpan paced = options.AgePerPartition * _open.Partitions;
        TimeSpan wait = (paced > age ? paced : age) - time.GetElapsedTime(_open.OpenedAt);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private Batch Swap()
    {
        Batch taken = _open;
        _open = _spare ?? throw new InvalidOperationException("the batch taken before was not returned");
        _spare = null;
        _lastId = BatchNumber.Next(_lastId, Writer, time.GetUtcNow());
        taken.Close(_lastId);
        _room.TrySetResult();
        _room = NewSignal();
        return taken;
    }

    // Any number of entries may arrive while this waits: only the first one, and the one that fills the batch, wake it.
    private async Task WaitAsync(Task changed, TimeSpan wait, CancellationToken cancellationToken)
    {
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task delay = Task.Delay(wait, time, done.Token);
        await Task.WhenAny(changed, delay);
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = NewSignal();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
