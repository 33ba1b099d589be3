using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// The outbox on disk: its epochs, how they begin, grow, drain and end, and what is deleted when room is wanted. Guarded by the outbox's lock, except <see cref="EpochChanges"/> and
/// <see cref="Flush"/>.
/// </summary>
internal sealed class EpochStore : IDisposable
{
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ArrayBufferWriter<byte> _record = new(64 * 1024);
    private readonly List<EpochQueue> _queues;
    private readonly LedgerKeeper _ledger;
    private SegmentWriter? _writer;
    private long _bytes;
    private int _epochChanges;

    public EpochStore(OutboxOptions options, TimeProvider time, Random random, ILogger log, OutboxContent content)
    {
        _options = options;
        _time = time;
        _random = random;
        _log = log;
        _queues = content.Queues;
        _ledger = new LedgerKeeper(options.Directory, time, content);
        _bytes = _queues.Sum(q => q.Bytes);
        Current = Continue(content) ?? AddEpoch();
        _writer = Current.Segments.Count > 0 ? SegmentWriter.Reopen(Current.Segments[^1]) : null;
        RemoveConfirmed();
        _ledger.Save(_queues);
    }

    /// <summary>The epoch that frames are appended to.</summary>
    public EpochQueue Current { get; private set; }

    /// <summary>Rises when an epoch begins or is drained.</summary>
    public int EpochChanges => Volatile.Read(ref _epochChanges);

    /// <summary>The epochs that have unconfirmed frames or take new ones, oldest first; the last is the current one.</summary>
    public IReadOnlyList<EpochQueue> Queues => _queues;

    public EpochQueue? Find(ulong epoch) => _queues.Find(q => q.Epoch == epoch);

    public OutboxStatus Status() => new OutboxContent(_ledger.Current(_queues), null, _queues, 0, false).ToStatus();

    /// <summary>Appends a frame to the current epoch and returns its sequence number.</summary>
    /// <exception cref="IOException">The disk is full and nothing older could be dropped, or it failed. The frame is not in the store.</exception>
    public ulong Append(IFrameSource frame)
    {
        var seq = Current.LastSeq + 1;
        _record.ResetWrittenCount();
        _record.GetSpan(RecordHeader.Size)[..RecordHeader.Size].Clear();
        _record.Advance(RecordHeader.Size);
        frame.WriteFrame(Current.Epoch, seq, _record);
        var header = new RecordHeader(
            _record.WrittenCount - RecordHeader.Size,
            frame.Readings,
            seq,
            Current.ReadingsAppended + (ulong)frame.Readings,
            Math.Max(Current.NewestTimestampMs, frame.NewestTimestampMs));
        if (header.PayloadLength > RecordHeader.MaximumPayload)
        {
            throw new ArgumentException($"a frame of {header.PayloadLength} bytes is longer than {RecordHeader.MaximumPayload}", nameof(frame));
        }

        // The array behind an ArrayBufferWriter is its own; the span is written in place.
        var record = MemoryMarshal.AsMemory(_record.WrittenMemory).Span;
        header.Write(record);
        while (_bytes + record.Length > _options.MaximumBytes && DropOldest("the outbox is full"))
        {
        }

        Write(record);
        _bytes += record.Length;
        Current.LastSeq = _writer!.Segment.LastSeq = seq;
        Current.ReadingsAppended = _writer.Segment.ReadingsAfter = header.ReadingsTotal;
        Current.NewestTimestampMs = header.NewestTimestampMs;
        _writer.Segment.LastAppended = _time.GetUtcNow();
        return seq;
    }

    /// <summary>Lets the current epoch drain and begins another, described by the same birth.</summary>
    public void StartEpoch(string reason)
    {
        OutboxLog.EpochBegins(_log, reason, Current.Epoch, Current.Pending);
        CloseWriter();
        var birth = Current.Birth;
        Current = AddEpoch();
        WriteBirth(birth);
        RemoveConfirmed();
        _ledger.Save(_queues);
    }

    /// <summary>Puts the birth beside the current epoch's frames, unless it lies there already.</summary>
    public void WriteBirth(ReadOnlyMemory<byte> birth)
    {
        if (birth.Span.SequenceEqual(Current.Birth.Span))
        {
            return;
        }

        Current.Birth = birth;
        var path = Path.Combine(Current.Directory, OutboxLoader.BirthFile);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(birth.Span);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        DirectorySync.Flush(Current.Directory);
    }

    /// <summary>Every frame of the queue up to <paramref name="seq"/> is stored by the cloud; segments that hold no others are deleted.</summary>
    public void Confirm(EpochQueue queue, ulong seq)
    {
        queue.ConfirmedSeq = seq;
        _ledger.Touch();
        RemoveConfirmed();
    }

    public void CountDamage(long bytes) => _ledger.CountDamage(bytes);

    /// <summary>Forces appended frames to the disk. Needs no lock and may run beside appends.</summary>
    public void Flush() => Volatile.Read(ref _writer)?.Flush();

    /// <summary>Drops segments that are too old, but not the one being written, and writes a moved cursor down.</summary>
    public void Maintain()
    {
        while (_queues[0].Segments.Count > 0 && _queues[0].Segments[0] is var oldest && oldest != _writer?.Segment && _time.GetUtcNow() - oldest.LastAppended > _options.MaximumAge)
        {
            DropOldest("too old");
        }

        _ledger.SaveIfOld(_queues, _options.CursorInterval);
    }

    /// <summary>Forces everything to the disk.</summary>
    public void Dispose()
    {
        CloseWriter();
        _ledger.Save(_queues);
    }

    private void Write(ReadOnlySpan<byte> record)
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
        var next = SegmentWriter.Create(Current);
        _writer?.Dispose();
        Volatile.Write(ref _writer, next);
        Current.Segments.Add(next.Segment);
        _bytes += next.Segment.Bytes;
        RemoveConfirmed();
    }

    private void CloseWriter()
    {
        _writer?.Dispose();
        Volatile.Write(ref _writer, null);
    }

    /// <summary>Gives up the oldest segment; false when there is none but the one being written.</summary>
    private bool DropOldest(string reason)
    {
        var queue = _queues[0];
        if (queue.Segments.Count == 0 || (queue.Segments[0] == _writer?.Segment && queue.Segments[0].LastSeq < queue.Segments[0].FirstSeq))
        {
            return false;
        }

        var oldest = queue.Segments[0];
        var firstLost = Math.Max(oldest.FirstSeq, queue.ConfirmedSeq + 1);
        if (oldest.LastSeq >= firstLost)
        {
            var frames = oldest.LastSeq - firstLost + 1;
            var readings = SegmentTally.ReadingsFrom(oldest, firstLost);
            _ledger.CountDropped(frames, readings);
            OutboxLog.FramesDropped(_log, reason, queue.Epoch, firstLost, oldest.LastSeq, readings);
        }

        if (oldest == _writer?.Segment)
        {
            CloseWriter();
        }

        Delete(queue, oldest);
        CloseIfDone(queue);
        _ledger.Touch();
        return true;
    }

    private void RemoveConfirmed()
    {
        for (var i = _queues.Count - 1; i >= 0; i--)
        {
            var queue = _queues[i];
            while (queue.Segments.Count > 0 && queue.Segments[0] is var first && first.LastSeq <= queue.ConfirmedSeq && first != _writer?.Segment)
            {
                Delete(queue, first);
            }

            CloseIfDone(queue);
        }
    }

    private void Delete(EpochQueue queue, Segment segment)
    {
        File.Delete(segment.Path);
        queue.Segments.Remove(segment);
        _bytes -= segment.Bytes;
    }

    private void CloseIfDone(EpochQueue queue)
    {
        if (queue == Current || queue.Segments.Count > 0)
        {
            return;
        }

        _ledger.Close(queue);
        _queues.Remove(queue);
        Interlocked.Increment(ref _epochChanges);
        _ledger.Save(_queues);
        Directory.Delete(queue.Directory, recursive: true);
        OutboxLog.EpochDrained(_log, queue.Epoch, queue.LastSeq, queue.ReadingsAppended);
    }

    /// <summary>The epoch to go on with, or null when there is the least doubt (see <see cref="FrameOutbox"/>).</summary>
    private EpochQueue? Continue(OutboxContent content)
    {
        if (_queues.Count == 0)
        {
            return null;
        }

        var last = _queues[^1];
        string? doubt = content.LastIsDoubtful ? "the end of the last one is torn or damaged"
            : content.LedgerProblem is not null ? "the ledger could not be read"
            : content.Ledger.HostBoot != HostBoot.Id ? "the machine has booted since"
            : last.Pending > (ulong)_options.LongBacklogFrames ? "a long backlog was found"
            : null;
        if (doubt is null)
        {
            return last;
        }

        OutboxLog.EpochBegins(_log, doubt, last.Epoch, last.Pending);
        return null;
    }

    // Milliseconds and ten random bits: an outbox that was wiped, on a device whose clock starts anew at each boot, must not meet its own past.
    private EpochQueue AddEpoch()
    {
        var previous = Math.Max(_queues.Count > 0 ? _queues[^1].Epoch : 0, _ledger.NewestClosed);
        var epoch = Math.Max(previous + 1, ((ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds()) << 10) | (uint)_random.Next(1024));
        var queue = new EpochQueue(epoch, Path.Combine(_options.Directory, EpochQueue.DirectoryName(epoch)));
        Directory.CreateDirectory(queue.Directory);
        DirectorySync.Flush(_options.Directory);
        _queues.Add(queue);
        Interlocked.Increment(ref _epochChanges);
        return queue;
    }
}
