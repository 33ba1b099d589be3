using System.Buffers;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>Reads blocks from bytes that arrive in pieces of any size; what is not read yet waits in a pooled buffer.</summary>
internal sealed class NativeBlockStream : IDisposable
{
    private byte[] _held = [];
    private int _start;
    private int _end;
    private int _tryAt;

    /// <summary>Takes the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        if (_held.Length - _end < piece.Length)
        {
            int length = _end - _start;
            byte[] target = _held.Length >= length + piece.Length
                ? _held
                : ArrayPool<byte>.Shared.Rent(NativeBuffers.Grow(_held.Length, checked(length + piece.Length), 1 << 16));
            _held.AsSpan(_start, length).CopyTo(target);
            if (target != _held)
            {
                Dispose();
                _held = target;
            }

            (_start, _end) = (0, length);
        }

        piece.CopyTo(_held.AsSpan(_end));
        _end += piece.Length;
    }

    /// <summary>Fills <paramref name="block"/> with the next block; false when more bytes are needed.</summary>
    /// <param name="block">Where the block goes.</param>
    /// <param name="atEnd">No more pieces will come.</param>
    /// <exception cref="NativeFormatException">The bytes are wrong, or end inside a block.</exception>
    public bool TryRead(NativeBlock block, bool atEnd)
    {
        int length = _end - _start;
        if (length == 0)
        {
            return false;
        }

        // Reading starts at the block's beginning every time; trying again only when the bytes have doubled keeps the work linear.
        if (length < _tryAt && !atEnd)
        {
            return false;
        }

        if (block.TryRead(_held.AsSpan(_start, length), out int consumed))
        {
            _start += consumed;
            _tryAt = 0;
            return true;
        }

        _tryAt = length * 2;
        return atEnd
            ? throw new NativeFormatException($"The Native stream ends inside a block, after {length} of its bytes: the sender broke off.")
            : false;
    }

    public void Dispose()
    {
        if (_held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_held);
            _held = [];
        }
    }
}
