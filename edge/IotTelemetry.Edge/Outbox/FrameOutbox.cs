using System.Buffers;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// The gateway's durable queue of frames that the cloud has not confirmed yet. Frames are appended to the current epoch, read by <see cref="OutboxReader"/>s, and deleted on the
/// cloud's cursor and on nothing else. Safe to use from several threads.
/// </summary>
/// <remarks>
/// An epoch is continued after a restart only when it is certain that no frame which may have been sent is missing: the machine has not booted since (then the page cache kept every
/// write, and nobody has put back an old copy of the card), and the end of the epoch is whole. Otherwise sequence numbers could be given twice, and the cloud would take new frames for
/// old ones. A new epoch costs nothing, so every doubt begins one.
/// </remarks>
internal sealed partial class FrameOutbox : IDisposable
{
    private const int EpochsRemembered = 32;

    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly FileStream _directoryLock;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _record = new(64 * 1024);
    private readonly List<EpochQueue> _queues;
    private readonly List<LedgerEpoch> _closed;
    private OutboxLedger _totals;
    private SegmentWriter? _writer;
    private EpochQueue _current;
    private long _bytes;
    private bool _ledgerIsOld;
    private long _ledgerSavedAt;
    private int _epochChanges;

    private FrameOutbox(OutboxOptions options, TimeProvider time, Random random, ILogger log, FileStream directoryLock, OutboxContent content)
    {
        _options = options;
        _time = time;
        _random = random;
        _log = log;
        _directoryLock = directoryLock;
        _queues = content.Queues;
        _closed = [.. content.Ledger.Epochs.Where(e => content.Queues.All(q => q.Epoch != e.Epoch))];
        _totals = content.Ledger with { DamagedBytes = content.Ledger.DamagedBytes + (ulong)content.DamagedBytes };
        _bytes = _queues.Sum(q => q.Bytes);
        _current = Continue(content) ?? AddEpoch();
        _writer = _current.Segments.Count > 0 ? SegmentWriter.Reopen(_current.Segments[^1]) : null;
        RemoveConfirmed();
        SaveLedger();
    }

    /// <summary>Raised after each append, outside the lock.</summary>
    public event Action? Appended;

    /// <summary>Opens the outbox, whatever state a crash or a bad disk left it in.</summary>
    /// <exception cref="IOException">The directory cannot be made or written, or another agent holds it.</exception>
    public static FrameOutbox Open(OutboxOptions options, TimeProvider time, Random random, ILogger log)
    {
        options.Validate();
        Directory.CreateDirectory(options.Directory);

        // The kernel lifts the lock when the process ends, however it ends.
        var directoryLock = new FileStream(Path.Combine(options.Directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var content = OutboxLoader.Load(options.Directory, repair: true);
            if (content.LedgerProblem is not null)
            {
                OutboxLog.LedgerUnreadable(log, options.Directory, content.LedgerProblem);
            }

            if (content.DamagedBytes > 0)
            {
                OutboxLog.DamageFound(log, options.Directory, content.DamagedBytes);
            }

            return new FrameOutbox(options, time, random, log, directoryLock, content);
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
                return _current.Epoch;
            }
        }
    }

    /// <summary>Rises when an epoch begins or is drained, so that a look costs nothing when there is nothing new.</summary>
    public int EpochChanges => Volatile.Read(ref _epochChanges);

    /// <summary>The newest timestamp in the current epoch; what is appended next must be newer, or go to a new epoch. <see cref="long.MinValue"/> when there is none.</summary>
    public long NewestTimestampMs
    {
        get
        {
            lock (_gate)
            {
                return _current.NewestTimestampMs;
            }
        }
    }

    /// <summary>Whether so much is unconfirmed in the current epoch that live frames should not wait behind it.</summary>
    public bool HasLongBacklog
    {
        get
        {
            lock (_gate)
            {
                return _current.Pending > (ulong)_options.LongBacklogFrames;
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
            if (_current.LastSeq > 0 && !sameModel(_current.Birth))
            {
                StartEpoch("the points have changed");
            }

            WriteBirth(_current, birth);
        }
    }

    /// <summary>Appends a frame to the current epoch. When it returns, the frame survives the end of the process; it survives a power cut after the next flush.</summary>
    /// <exception cref="IOException">The disk is full and nothing older could be dropped, or it failed. The frame is not in the outbox.</exception>
    public (ulong Epoch, ulong Seq) Append(IFrameSource frame)
    {
        (ulong, ulong) position;
        lock (_gate)
        {
            position = AppendLocked(frame);
        }

        Appended?.Invoke();
        return position;
    }

    /// <summary>Ends the current epoch; frames appended from now on belong to a new one, and the old one drains.</summary>
    public ulong BeginEpoch(string reason)
    {
        lock (_gate)
        {
            if (_current.LastSeq > 0)
            {
                StartEpoch(reason);
            }

            return _current.Epoch;
        }
    }

    /// <summary>Takes the cloud's word that every frame of <paramref name="epoch"/> up to <paramref name="seq"/> is stored, and deletes what is no longer needed.</summary>
    public ConfirmOutcome Confirm(ulong epoch, ulong seq)
    {
        lock (_gate)
        {
            var queue = _queues.Find(q => q.Epoch == epoch);
            if (queue is null || seq <= queue.ConfirmedSeq)
            {
                return ConfirmOutcome.Unchanged;
            }

            var ahead = seq > queue.LastSeq;
            queue.ConfirmedSeq = Math.Min(seq, queue.LastSeq);
            _ledgerIsOld = true;
            RemoveConfirmed();
            return ahead && queue == _current ? ConfirmOutcome.AheadOfOutbox : ConfirmOutcome.Advanced;
        }
    }

    /// <summary>The epochs that have unconfirmed frames or take new ones, oldest first; the last is the current one.</summary>
    public EpochState[] Epochs()
    {
        lock (_gate)
        {
            var states = new EpochState[_queues.Count];
            for (var i = 0; i < states.Length; i++)
            {
                states[i] = new EpochState(_queues[i].Epoch, _queues[i].LastSeq, _queues[i].ConfirmedSeq, _queues[i].Birth);
            }

            return states;
        }
    }

    /// <summary>What lies in the outbox and went through it.</summary>
    public OutboxStatus Status()
    {
        lock (_gate)
        {
            return new OutboxContent(Ledger(), null, _queues, 0, false).ToStatus();
        }
    }

    /// <summary>Forces appended frames to the disk by the flush policy, writes a moved cursor down and drops what is too old, until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var interval = _options.FlushInterval > TimeSpan.Zero ? _options.FlushInterval : TimeSpan.FromSeconds(1);
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                Maintain();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The agent stops; Dispose writes the rest.
        }
    }

    /// <summary>One round of upkeep.</summary>
    public void Maintain()
    {
        try
        {
            Volatile.Read(ref _writer)?.Flush();
            lock (_gate)
            {
                while (_queues[0].Segments.Count > 0 && _queues[0].Segments[0] is var oldest && oldest != _writer?.Segment && _time.GetUtcNow() - oldest.LastAppended > _options.MaximumAge)
                {
                    DropOldest("too old");
                }

                if (_ledgerIsOld && _time.GetElapsedTime(_ledgerSavedAt) >= _options.CursorInterval)
                {
                    SaveLedger();
                }
            }
        }
        catch (IOException exception)
        {
            // The frames stand in the page cache; the next round tries again, and appends report a disk that stays broken.
            OutboxLog.UpkeepFailed(_log, exception, _options.Directory);
        }
    }

    /// <summary>Forces everything to the disk and closes the outbox in order.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_directoryLock.CanWrite)
            {
                _writer?.Dispose();
                _writer = null;
                SaveLedger();
                _directoryLock.Dispose();
            }
        }
    }

    /// <summary>The segment that holds <paramref name="seq"/> of an epoch or the next frame after it, and how far it may be read; null when there is none.</summary>
    internal (string Path, ulong FirstSeq, ulong LastSeq, long Bytes)? Locate(ulong epoch, ulong seq)
    {
        lock (_gate)
        {
            return _queues.Find(q => q.Epoch == epoch)?.Find(seq) is { } segment ? (segment.Path, segment.FirstSeq, segment.LastSeq, segment.Bytes) : null;
        }
    }

    /// <summary>Counts and reports damage that a reader met.</summary>
    internal void ReportDamage(string path, long bytes)
    {
        lock (_gate)
        {
            _totals = _totals with { DamagedBytes = _totals.DamagedBytes + (ulong)bytes };
            _ledgerIsOld = true;
        }

        OutboxLog.DamageFound(_log, path, bytes);
    }

    private (ulong Epoch, ulong Seq) AppendLocked(IFrameSource frame)
    {
        var seq = _current.LastSeq + 1;
        _record.ResetWrittenCount();
        _record.GetSpan(RecordHeader.Size)[..RecordHeader.Size].Clear();
        _record.Advance(RecordHeader.Size);
        frame.WriteFrame(_current.Epoch, seq, _record);
        var header = new RecordHeader(
            _record.WrittenCount - RecordHeader.Size,
            frame.Readings,
            seq,
            _current.ReadingsAppended + (ulong)frame.Readings,
            Math.Max(_current.NewestTimestampMs, frame.NewestTimestampMs));
        if (header.PayloadLength > RecordHeader.MaximumPayload)
        {
            throw new ArgumentException($"a frame of {header.PayloadLength} bytes is longer than {RecordHeader.MaximumPayload}", nameof(frame));
        }

        // The array behind an ArrayBufferWriter is its own; the span is written in place.
        var record = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_record.WrittenMemory).Span;
        header.Write(record);
        while (_bytes + record.Length > _options.MaximumBytes && DropOldest("the outbox is full"))
        {
        }

        WriteRecord(record);
        _bytes += record.Length;
        _current.LastSeq = _writer!.Segment.LastSeq = seq;
        _current.ReadingsAppended = _writer.Segment.ReadingsAfter = header.ReadingsTotal;
        _current.NewestTimestampMs = header.NewestTimestampMs;
        _writer.Segment.LastAppended = _time.GetUtcNow();
        return (_current.Epoch, seq);
    }

    private void WriteRecord(ReadOnlySpan<byte> record)
    {
        while (true)
        {
            try
            {
                if (_writer is null || (_writer.Segment.Bytes + record.Length > _options.SegmentBytes && _writer.Segment.LastSeq >= _writer.Segment.FirstSeq))
                {
                    OpenSegment();
                }

                _writer!.Append(record);
                if (_options.FlushInterval == TimeSpan.Zero)
                {
                    _writer.Flush();
                }

                return;
            }
            catch (IOException exception)
            {
                OutboxLog.AppendFailed(_log, exception, _options.Directory);
                if (!DropOldest("the disk is full"))
                {
                    throw;
                }
            }
        }
    }

    private void OpenSegment()
    {
        var next = SegmentWriter.Create(_current);
        _writer?.Dispose();
        Volatile.Write(ref _writer, next);
        _current.Segments.Add(next.Segment);
        _bytes += next.Segment.Bytes;
        RemoveConfirmed();
    }
}
