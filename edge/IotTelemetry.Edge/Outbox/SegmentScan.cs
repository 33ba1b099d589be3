using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Reads records one after another and finds the next whole one behind damage. Not thread-safe.</summary>
internal sealed class SegmentScan(SafeFileHandle file, long start, long end) : IDisposable
{
    /// <summary>What a disk that fails is passed over in.</summary>
    private const int Block = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);

    /// <summary>Where the next record is expected.</summary>
    public long Offset { get; private set; } = start;

    /// <summary>How far records are to be believed; rises while the segment grows.</summary>
    public long End { get; set; } = end;

    /// <summary>Where the last whole record ended.</summary>
    public long IntactEnd { get; private set; } = start;

    /// <summary>Bytes passed over because no whole record stood there.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>
    /// Reads the next whole record. <paramref name="payload"/> is valid until the next call. When nothing whole follows, false; then <see cref="IntactEnd"/> tells where
    /// the whole ones end, and what lies between it and <see cref="End"/> is a torn or damaged tail (not counted in <see cref="DamagedBytes"/>).
    /// </summary>
    public bool TryNext(out RecordHeader header, out ReadOnlySpan<byte> payload)
    {
        for (var at = Offset; at + RecordHeader.Size <= End;)
        {
            if (TryReadAt(at, out header))
            {
                DamagedBytes += at - Offset;
                Offset = IntactEnd = at + header.RecordLength;
                payload = _buffer.AsSpan(RecordHeader.Size, header.PayloadLength);
                return true;
            }

            at = NextMagic(at + 1);
        }

        header = default;
        payload = default;
        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool TryReadAt(long at, out RecordHeader header)
    {
        if (!TryFill(at, RecordHeader.Size, 0) || !RecordHeader.TryRead(_buffer, out header) || at + header.RecordLength > End)
        {
            header = default;
            return false;
        }

        if (_buffer.Length < header.RecordLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(header.RecordLength);
            _buffer.AsSpan(0, RecordHeader.Size).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return TryFill(at + RecordHeader.Size, header.PayloadLength, RecordHeader.Size) && RecordHeader.IsIntact(_buffer.AsSpan(0, header.RecordLength));
    }

    private bool TryFill(long at, int count, int into)
    {
        for (var have = 0; have < count;)
        {
            var read = Read(_buffer.AsSpan(into + have, count - have), at + have);
            if (read <= 0)
            {
                return false;
            }

            have += read;
        }

        return true;
    }

    private long NextMagic(long from)
    {
        while (from + RecordHeader.Size <= End)
        {
            var wanted = (int)Math.Min(_buffer.Length, End - from);
            var read = Read(_buffer.AsSpan(0, wanted), from);
            if (read < 0)
            {
                from = (from / Block + 1) * Block;
                continue;
            }

            if (read < RecordHeader.Magic.Length)
            {
                break;
            }

            var found = _buffer.AsSpan(0, read).IndexOf(RecordHeader.Magic);
            if (found >= 0)
            {
                return from + found;
            }

            from += read - RecordHeader.Magic.Length + 1;
        }

        return End;
    }

    /// <summary>Bytes read; -1 where the disk cannot read them.</summary>
    private int Read(Span<byte> into, long at)
    {
        try
        {
            return RandomAccess.Read(file, into, at);
        }
        catch (IOException)
        {
            // A worn block: what stood in it is counted as damaged.
            return -1;
        }
    }
}
