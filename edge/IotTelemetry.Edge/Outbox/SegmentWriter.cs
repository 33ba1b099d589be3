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
        new SegmentHeader(queue.Epoch, firstSeq, queue.ReadingsAppended).Write(header);
        try
        {
            RandomAccess.Write(file, header, 0);
            RandomAccess.FlushToDisk(file);
            DirectorySync.Flush(queue.Directory);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new SegmentWriter(new Segment(path, firstSeq, queue.ReadingsAppended), file);
    }

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
            if (!_dirty || _file.IsClosed)
            {
                return;
            }

            _dirty = false;
            try
            {
                RandomAccess.FlushToDisk(_file);
            }
            catch
            {
                _dirty = true;
                throw;
            }
        }
    }

    /// <summary>Closes the file as it is, for a segment that is to be deleted.</summary>
    public void Discard()
    {
        lock (_flushGate)
        {
            _file.Dispose();
        }
    }

    /// <summary>Forces everything to the disk and closes the file, also when the disk fails.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        finally
        {
            Discard();
        }
    }
}
