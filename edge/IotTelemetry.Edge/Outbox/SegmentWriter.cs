using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Edge.Outbox;

/// <summary>The open segment of the current epoch. Guarded by the outbox's lock, except <see cref="Flush"/>.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Lock _flushGate = new();
    private volatile bool _dirty;

    private SegmentWriter(Segment segment, SafeFileHandle file)
    {
        Segment = segment;
        _file = file;
    }

    public Segment Segment { get; }

    /// <summary>Makes a new segment file; its entry in the directory is on the disk when this returns.</summary>
    public static SegmentWriter Create(EpochQueue queue)
    {
        var firstSeq = queue.LastSeq + 1;
        var path = Path.Combine(queue.Directory, Segment.FileName(firstSeq));
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[SegmentHeader.Size];
        new SegmentHeader(queue.Epoch, firstSeq, queue.ReadingsAppended, queue.NewestTimestampMs).Write(header);
        RandomAccess.Write(file, header, 0);
        RandomAccess.FlushToDisk(file);
        DirectorySync.Flush(queue.Directory);
        return new SegmentWriter(new Segment(path, firstSeq, queue.ReadingsAppended), file);
    }

    /// <summary>Goes on with a segment whose end the loader has checked.</summary>
    public static SegmentWriter Reopen(Segment segment) =>
        new(segment, File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Appends one record, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or failed; nothing of the record counts.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        try
        {
            RandomAccess.Write(_file, record, Segment.Bytes);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_file, Segment.Bytes);
            throw;
        }

        Segment.Bytes += record.Length;
        _dirty = true;
    }

    /// <summary>Forces what was appended to the disk. May run beside appends.</summary>
    public void Flush()
    {
        lock (_flushGate)
        {
            if (_dirty && !_file.IsClosed)
            {
                _dirty = false;
                RandomAccess.FlushToDisk(_file);
            }
        }
    }

    public void Dispose()
    {
        Flush();
        lock (_flushGate)
        {
            _file.Dispose();
        }
    }
}
