using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Reads one epoch's frames in order, also while frames are appended. Damaged records are passed over and reported. Not thread-safe.</summary>
internal sealed class OutboxReader(FrameOutbox outbox, ulong epoch, ulong afterSeq) : IDisposable
{
    private SafeFileHandle? _file;
    private SegmentScan? _scan;
    private string? _path;

    /// <summary>The next frame wanted.</summary>
    public ulong NextSeq { get; private set; } = afterSeq + 1;

    /// <summary>Goes to the frame behind <paramref name="afterSequence"/>, forwards or back.</summary>
    public void Seek(ulong afterSequence)
    {
        if (afterSequence + 1 != NextSeq)
        {
            Close();
            NextSeq = afterSequence + 1;
        }
    }

    /// <summary>The next frame that is whole, if one has been appended. A gap means frames were dropped or damaged.</summary>
    public bool TryRead(out OutboxFrame frame)
    {
        while (outbox.Locate(epoch, NextSeq) is { } place)
        {
            if (place.Path != _path && !TryOpen(place.Path))
            {
                if (outbox.Locate(epoch, NextSeq)?.Path == place.Path)
                {
                    outbox.ReportDamage(place.Path, place.Bytes);
                    NextSeq = place.LastSeq + 1;
                }

                continue;
            }

            var damagedBefore = _scan!.DamagedBytes;
            _scan.End = place.Bytes;
            while (_scan.TryNext(out var record, out var payload))
            {
                if (_scan.DamagedBytes > damagedBefore)
                {
                    outbox.ReportDamage(place.Path, _scan.DamagedBytes - damagedBefore);
                    damagedBefore = _scan.DamagedBytes;
                }

                if (record.Seq >= NextSeq)
                {
                    var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
                    payload.CopyTo(buffer);
                    frame = new OutboxFrame(epoch, record.Seq, record.Readings, buffer, payload.Length);
                    NextSeq = record.Seq + 1;
                    return true;
                }
            }

            // The outbox says that this segment holds the frame, and no whole record of it is there.
            outbox.ReportDamage(place.Path, place.Bytes - _scan.IntactEnd);
            NextSeq = place.LastSeq + 1;
        }

        frame = default;
        return false;
    }

    public void Dispose() => Close();

    private bool TryOpen(string path)
    {
        Close();
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (IOException)
        {
            // Confirmed or dropped between looking it up and opening it: then the next look-up names another. Otherwise it is lost.
            return false;
        }

        _path = path;
        _scan = new SegmentScan(_file, SegmentHeader.Size, SegmentHeader.Size);
        return true;
    }

    private void Close()
    {
        _scan?.Dispose();
        _scan = null;
        _file?.Dispose();
        _file = null;
        _path = null;
    }
}
