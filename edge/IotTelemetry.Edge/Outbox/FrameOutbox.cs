using IotTelemetry.Edge.Supervision;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// The gateway's durable queue of frames that the cloud has not confirmed yet. Frames are appended to the current epoch, read by <see cref="OutboxReader"/>s, and deleted on the
/// cloud's cursor and on nothing else. Safe to use from several threads.
/// </summary>
/// <remarks>
/// Every start begins a new epoch. The end of the last one may be torn, the machine may have lost what it had not forced to the disk, somebody may have put an old copy of the card back, and
/// from inside nobody can tell: numbers that were given after the copy was made would be given twice, and the cloud would take new frames for old ones. A new epoch costs nothing.
/// </remarks>
internal sealed class FrameOutbox : IDisposable
{
    /// <summary>With so many, no other begins for the sake of live frames: a link that comes and goes would make one each time.</summary>
    internal const int MostEpochs = 16;

    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FileStream _directoryLock;
    private readonly Lock _gate = new();
    private readonly EpochStore _store;
    private volatile bool _isFailing;

    private FrameOutbox(OutboxOptions options, TimeProvider time, ILogger log, FileStream directoryLock, EpochStore store)
    {
        _options = options;
        _time = time;
        _log = log;
        _directoryLock = directoryLock;
        _store = store;
    }

    /// <summary>Raised after each append, outside the lock.</summary>
    public event Action? Appended;

    /// <summary>Opens the outbox, whatever state a crash or a bad disk left it in. On a disk that has become read-only, what it holds is sent, and appends are refused.</summary>
    /// <exception cref="IOException">The directory is not there and cannot be made, or another agent holds it.</exception>
    public static FrameOutbox Open(OutboxOptions options, TimeProvider time, Random random, ILogger log)
    {
        options.Validate();
        Directory.CreateDirectory(options.Directory);

        var directoryLock = Lock(Path.Combine(options.Directory, "lock"));
        try
        {
            var content = OutboxLoader.Load(options.Directory, repair: directoryLock.CanWrite);
            if (!directoryLock.CanWrite)
            {
                OutboxLog.ReadOnly(log, options.Directory);
            }

            if (content.LedgerProblem is not null)
            {
                OutboxLog.LedgerUnreadable(log, options.Directory, content.LedgerProblem);
            }

            if (content.DamagedBytes > 0)
            {
                OutboxLog.DamageFound(log, options.Directory, content.DamagedBytes);
            }

            return new FrameOutbox(options, time, log, directoryLock, new EpochStore(options, time, random, log, content));
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>The epoch that frames are appended to.</summary>
    public ulong CurrentEpoch
    {
        get
        {
            lock (_gate)
            {
                return _store.Current.Epoch;
            }
        }
    }

    /// <summary>Readings in all frames ever appended to the current epoch.</summary>
    public ulong ReadingsInEpoch
    {
        get
        {
            lock (_gate)
            {
                return _store.Current.ReadingsAppended;
            }
        }
    }

    /// <summary>Whether frames could not be forced to the disk the last time.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>Rises when an epoch begins or is drained, so that a look costs nothing when there is nothing new.</summary>
    public int EpochChanges => _store.EpochChanges;

    /// <summary>Whether so much is unconfirmed in the current epoch that live frames should not wait behind it, and few enough epochs drain already.</summary>
    public bool HasLongBacklog
    {
        get
        {
            lock (_gate)
            {
                return _store.Current.Pending > (ulong)_options.LongBacklogFrames && _store.Queues.Count < MostEpochs;
            }
        }
    }

    /// <summary>
    /// Sets the birth that describes the frames appended from now on. A birth with another model than the current epoch's begins a new epoch, so that one birth describes all frames of an epoch.
    /// </summary>
    /// <param name="birth">The encoded birth.</param>
    /// <param name="sameModel">Whether an earlier encoded birth describes the same points.</param>
    public void SetBirth(ReadOnlyMemory<byte> birth, Func<ReadOnlyMemory<byte>, bool> sameModel)
    {
        lock (_gate)
        {
            if (_store.Current.LastSeq > 0 && _options.ReproducibleEpoch is null && !sameModel(_store.Current.Birth))
            {
                _store.StartEpoch("the points have changed");
            }

            _store.SetBirth(birth);
        }
    }

    /// <summary>Appends a frame to the current epoch. When it returns, the frame survives the end of the process; it survives a power cut after the next flush.</summary>
    /// <exception cref="IOException">The disk is full and nothing older could be dropped, or it failed. The frame is not in the outbox.</exception>
    public (ulong Epoch, ulong Seq) Append(IFrameSource frame)
    {
        (ulong, ulong) position;
        lock (_gate)
        {
            position = (_store.Current.Epoch, _store.Append(frame));
        }

        Appended?.Invoke();
        return position;
    }

    /// <summary>Ends the current epoch, unless it is empty or reproducible; frames appended from now on belong to a new one, and the old one drains.</summary>
    public ulong BeginEpoch(string reason)
    {
        lock (_gate)
        {
            if (_store.Current.LastSeq > 0 && _options.ReproducibleEpoch is null)
            {
                _store.StartEpoch(reason);
            }

            return _store.Current.Epoch;
        }
    }

    /// <summary>Takes the cloud's word that every frame of <paramref name="epoch"/> up to <paramref name="seq"/> is stored, and deletes what is no longer needed.</summary>
    public ConfirmOutcome Confirm(ulong epoch, ulong seq)
    {
        lock (_gate)
        {
            var queue = _store.Find(epoch);
            if (queue is null || seq <= queue.ConfirmedSeq)
            {
                return ConfirmOutcome.Unchanged;
            }

            if (queue.Epoch == _options.ReproducibleEpoch)
            {
                // Frames that are yet to be made again are stored already.
                _store.Confirm(queue, seq);
                return ConfirmOutcome.Advanced;
            }

            var ahead = seq > queue.LastSeq;
            _store.Confirm(queue, Math.Min(seq, queue.LastSeq));
            return ahead && queue == _store.Current ? ConfirmOutcome.AheadOfOutbox : ConfirmOutcome.Advanced;
        }
    }

    /// <summary>The epochs that have unconfirmed frames or take new ones, oldest first; the last is the current one.</summary>
    public EpochState[] Epochs()
    {
        lock (_gate)
        {
            var queues = _store.Queues;
            var states = new EpochState[queues.Count];
            for (var i = 0; i < states.Length; i++)
            {
                states[i] = new EpochState(queues[i].Epoch, queues[i].LastSeq, queues[i].ConfirmedSeq, queues[i].Birth);
            }

            return states;
        }
    }

    /// <summary>What lies in the outbox and went through it.</summary>
    public OutboxStatus Status()
    {
        lock (_gate)
        {
            return _store.Status();
        }
    }

    /// <summary>Forces appended frames to the disk by the flush policy, writes a moved cursor down and drops what is too old, until cancelled.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <param name="pulse">Beats with each round.</param>
    public async Task RunAsync(CancellationToken stopping, Pulse? pulse = null)
    {
        var interval = _options.FlushInterval > TimeSpan.Zero ? _options.FlushInterval : TimeSpan.FromSeconds(1);
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                pulse?.BackWithin(interval);
                Maintain();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The agent stops; Dispose writes the rest.
        }

        pulse?.Rest();
    }

    /// <summary>One round of upkeep.</summary>
    public void Maintain()
    {
        try
        {
            _store.Flush();
            _isFailing = false;
        }
        catch (IOException exception)
        {
            // The frames stand in the page cache; the next round tries again, and appends report a disk that stays broken.
            if (!_isFailing)
            {
                OutboxLog.UpkeepFailed(_log, exception, _options.Directory);
            }

            _isFailing = true;
        }

        lock (_gate)
        {
            _store.Maintain();
        }
    }

    /// <summary>Forces everything to the disk and closes the outbox in order.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_directoryLock.CanRead)
            {
                _store.Close();
                _directoryLock.Dispose();
            }
        }
    }

    /// <summary>The segment that holds <paramref name="seq"/> of an epoch or the next frame after it, and how far it may be read; null when there is none.</summary>
    internal (string Path, ulong FirstSeq, ulong LastSeq, long Bytes)? Locate(ulong epoch, ulong seq)
    {
        lock (_gate)
        {
            return _store.Find(epoch)?.Find(seq) is { } segment ? (segment.Path, segment.FirstSeq, segment.LastSeq, segment.Bytes) : null;
        }
    }

    /// <summary>Counts and reports damage that a reader met.</summary>
    internal void ReportDamage(string path, long bytes)
    {
        lock (_gate)
        {
            _store.CountDamage(bytes);
        }

        OutboxLog.DamageFound(_log, path, bytes);
    }

    /// <summary>The lock, which the kernel lifts when the process ends, however it ends; opened to be read only where the disk takes nothing.</summary>
    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Held by another agent, this fails as well.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
        }
    }
}
