using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Protocol;

/// <summary>
/// Bits taken from a span, each byte from its least significant end. Beyond the end come zeros; <see cref="End"/> tells whether that happened, so that
/// inner loops need not ask.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    /// <summary>At least the next 57 bits, not taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Peek()
    {
        int index = _position >> 3;
        ulong word = index <= _data.Length - sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(_data[index..]) : PeekAtEnd(index);
        return word >> (_position & 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int count) => _position += count;

    /// <summary>Takes 0 to 57 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Take(int count)
    {
        ulong value = Peek() & ((1UL << count) - 1);
        _position += count;
        return value;
    }

    /// <summary>Takes 0 to 64 bits.</summary>
    public ulong TakeWide(int count)
    {
        if (count <= 32)
        {
            return Take(count);
        }
        ulong low = Take(32);
        return low | (Take(count - 32) << 32);
    }

    /// <summary>How many bytes were begun.</summary>
    /// <exception cref="FrameFormatException">More than there were.</exception>
    public readonly int End()
    {
        int bytes = (_position + 7) >> 3;
        return bytes <= _data.Length ? bytes : throw new FrameFormatException(RefusalReason.Truncated, "The frame ends in the middle of a column.");
    }

    private readonly ulong PeekAtEnd(int index)
    {
        ulong word = 0;
        for (int i = _data.Length - 1; i >= index; i--)
        {
            word = (word << 8) | _data[i];
        }
        return word;
    }
}
