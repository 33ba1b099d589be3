using System.Buffers.Binary;
using System.Numerics;

namespace IotTelemetry.Protocol;

/// <summary>Bytes and bits appended to a buffer that grows and is reused. Bits fill each byte from its least significant end.</summary>
internal sealed class ByteWriter
{
    private byte[] _buffer = new byte[1024];
    private ulong _bits;
    private int _bitCount;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Makes room for so many bytes, so that <see cref="Bits"/> need not look.</summary>
    public void Reserve(int bytes)
    {
        // The bit accumulator is flushed eight bytes at a time.
        int needed = Length + bytes + sizeof(ulong);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)BitOperations.RoundUpToPowerOf2((uint)needed));
        }
    }

    public void Byte(byte value)
    {
        Reserve(1);
        _buffer[Length++] = value;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_buffer.AsSpan(Length));
        Length += value.Length;
    }

    public void UInt32(uint value)
    {
        Reserve(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(uint);
    }

    public void UInt64BigEndian(ulong value)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(ulong);
    }

    /// <summary>LEB128: seven bits a byte, the least significant first, the high bit set on all but the last.</summary>
    public void Varint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[Length++] = (byte)value;
    }

    public void SignedVarint(long value) => Varint(ZigZag.Encode(value));

    /// <summary>Overwrites a byte written before.</summary>
    public void PatchByte(int position, byte value) => _buffer[position] = value;

    /// <summary>Overwrites four bytes written before.</summary>
    public void PatchUInt32(int position, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(position), value);

    /// <summary>Appends the <paramref name="count"/> least significant bits, 0 to 56; higher ones must be 0. Room must have been reserved.</summary>
    public void Bits(ulong value, int count)
    {
        _bits |= value << _bitCount;
        _bitCount += count;
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(Length), _bits);
        int whole = _bitCount >> 3;
        Length += whole;
        _bits >>= whole << 3;
        _bitCount &= 7;
    }

    /// <summary>Appends 0 to 64 bits.</summary>
    public void WideBits(ulong value, int count)
    {
        if (count > 32)
        {
            Bits((uint)value, 32);
            value >>= 32;
            count -= 32;
        }
        Bits(value, count);
    }

    /// <summary>Fills the last byte with zero bits.</summary>
    public void EndBits()
    {
        if (_bitCount > 0)
        {
            _buffer[Length++] = (byte)_bits;
        }
        _bits = 0;
        _bitCount = 0;
    }
}
