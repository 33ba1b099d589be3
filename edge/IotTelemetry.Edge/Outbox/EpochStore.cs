using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>The writing side of the outbox: appends frames to the current epoch, begins segments and epochs. Guarded by the outbox's lock, except <see cref="EpochChanges"/> and <see cref="Flush"/>.</summary>
internal sealed class EpochStore
{
    /// <summary>A segment is also closed when it spans so much of the greatest age: what is too old goes by whole segments.</summary>
    private const int SegmentsPerAge = 16;

    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly ArrayBufferWriter<byte> _record = new(64 * 1024);
    private readonly EpochShelf _shelf;
    private SegmentWriter? _writer;
    private bool _isFailing;

    public EpochStore(OutboxOptions options, TimeProvider time, Random random, ILogger log, OutboxContent content)
    {
        _options = options;
        _time = time;
        _random = random;
        _log = log;
        _shelf = new EpochShelf(options, time, log, content);
        if (options.ReproducibleEpoch is { } epoch)
        {
            _shelf.Resume(epoch);
        }
        else
        {
            _shelf.Begin(random);
        }

        _shelf.RemoveConfirmed(null);
        _shelf.SaveLedger();
    }

    /// <summary>The epoch that frames are appended to.</summary>
    public EpochQueue Current => _shelf.Current;

    /// <summary>Rises when an epoch begins or is drained.</summary>
    public int EpochChanges => _shelf.Changes;

    /// <summary>The epochs that have unconfirmed frames or take new ones, oldest first; the last is the current one.</summary>
    public IReadOnlyList<EpochQueue> Queues => _shelf.Queues;

    public EpochQueue? Find(ulong epoch)
    {
        foreach (var queue in _shelf.Queues)
        {
            if (queue.Epoch == epoch)
            {
                return queue;
            }
        }

        return null;
    }

    public OutboxStatus Status() => _shelf.Status();

    /// <summary>Appends a frame to the current epoch and returns its sequence number.</summary>
    /// <exception cref="IOException">The disk is full and nothing older could be dropped, or it failed. The frame is not in the store.</exception>
    public ulong Append(IFrameSource frame)
    {
        var seq = Current.LastSeq + 1;
        _record.ResetWrittenCount();
        _record.GetSpan(RecordHeader.Size)[..RecordHeader.Size].Clear();
        _record.Advance(RecordHeader.Size);
        frame.WriteFrame(Current.Epoch, seq, _record);
        var header = new RecordHeader(_record.WrittenCount - RecordHeader.Size, frame.Readings, seq, Current.ReadingsAppended + (ulong)frame.Readings);
        if (header.PayloadLength > RecordHeader.MaximumPayload)
        {
            throw new ArgumentException($"a frame of {header.PayloadLength} bytes is longer than {RecordHeader.MaximumPayload}", nameof(frame));
        }

        // The array behind an ArrayBufferWriter is its own; the span is written in place.
        var record = MemoryMarshal.AsMemory(_record.WrittenMemory).Span;
        header.Write(record);
        while (_shelf.Bytes + record.Length > _options.MaximumBytes && DropOldest("the outbox is full"))
        {
        }

        Write(record);
        var segment = _writer!.Segment;
        Current.LastSeq = segment.LastSeq = seq;
        Current.ReadingsAppended = segment.ReadingsAfter = header.ReadingsTotal;
        segment.AppendedAt = _time.GetTimestamp();
        _shelf.Bytes += record.Length;
        if (_options.FlushInterval == TimeSpan.Zero)
        {
            FlushNow();
        }

        return seq;
    }

    /// <summary>Lets the current epoch drain and begins another, described by the same birth.</summary>
    public void StartEpoch(string reason)
    {
        OutboxLog.EpochBegins(_log, reason, Current.Epoch, Current.Pending);
        CloseWriter();
        var birth = Current.Birth;
        _shelf.Bytes += birth.Length;
        _shelf.Begin(_random);
        Current.Birth = birth;
        _shelf.RemoveConfirmed(null);
        _shelf.SaveLedger();
    }

    /// <summary>Sets the birth that describes the frames of the current epoch; it lies on the disk before the first of them.</summary>
    public void SetBirth(ReadOnlyMemory<byte> birth)
    {
        Current.IsPrepared &= birth.Span.SequenceEqual(Current.Birth.Span);
        Current.Birth = birth;
    }

    /// <summary>Every frame of the queue up to <paramref name="seq"/> is stored by the cloud; segments that hold no others are deleted.</summary>
    public void Confirm(EpochQueue queue, ulong seq)
    {
        queue.ConfirmedSeq = seq;
        _shelf.Ledger.Touch();
        _shelf.RemoveConfirmed(_writer?.Segment);
    }

    public void CountDamage(long bytes) => _shelf.Ledger.CountDamage(bytes);

    /// <summary>Forces appended frames to the disk. Needs no lock and may run beside appends.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Flush() => Volatile.Read(ref _writer)?.Flush();

    /// <summary>Drops segments that are too old, but not the one being written, and writes a moved cursor down.</summary>
    public void Maintain() => _shelf.Maintain(_writer?.Segment);

    /// <summary>Forces everything to the disk.</summary>
    public void Close()
    {
        CloseWriter();
        _shelf.SaveLedger();
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        while (true)
        {
            try
            {
                Prepare();
                if (_writer is null || IsDone(_writer.Segment, record.Length))
                {
                    OpenSegment();
                }

                _writer!.Append(record);
                _isFailing = false;
                return;
            }
            catch (IOException exception)
            {
                if (!_isFailing)
                {
                    OutboxLog.AppendFailed(_log, exception, _options.Directory);
                }

                _isFailing = true;
                if (!DropOldest("the disk is full"))
                {
                    throw;
                }
            }
        }
    }

    private bool IsDone(Segment segment, int more) =>
        segment.LastSeq >= segment.FirstSeq && (segment.Bytes + more > _options.SegmentBytes || _time.GetElapsedTime(segment.BegunAt) > _options.MaximumAge / SegmentsPerAge);

    private void Prepare()
    {
        if (Current.IsPrepared)
        {
            return;
        }

        Directory.CreateDirectory(Current.Directory);
        DirectorySync.Flush(_options.Directory);
        DurableFile.Replace(Path.Combine(Current.Directory, OutboxLoader.BirthFile), Current.Birth.Span);
        Current.IsPrepared = true;
    }

    private void OpenSegment()
    {
        var next = SegmentWriter.Create(Current);
        next.Segment.BegunAt = _time.GetTimestamp();
        CloseWriter();
        Volatile.Write(ref _writer, next);
        Current.Segments.Add(next.Segment);
        _shelf.Bytes += next.Segment.Bytes;
        _shelf.RemoveConfirmed(next.Segment);
    }

    private bool DropOldest(string reason) => _shelf.DropOldest(reason, _writer?.Segment, () =>
    {
        _writer!.Discard();
        Volatile.Write(ref _writer, null);
    });

    private void FlushNow()
    {
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // The frame stands in the page cache and counts; upkeep tries again, and says it.
        }
    }

    private void CloseWriter()
    {
        var writer = _writer;
        Volatile.Write(ref _writer, null);
        try
        {
            writer?.Dispose();
        }
        catch (IOException exception)
        {
            OutboxLog.UpkeepFailed(_log, exception, _options.Directory);
        }
    }
}
