using System.Buffers.Binary;
using System.Numerics;

namespace IotTelemetry.Protocol;

/// <summary>Bytes appended to a buffer that grows and is reused.</summary>
internal sealed class ByteWriter
{
    private byte[] _buffer = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    private void Reserve(int bytes)
    {
        // Bits are written eight bytes at a time, so the last may reach beyond what they fill.
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

    /// <summary>Room for bits; what was written is then <see cref="Advance">taken over</see>.</summary>
    public BitWriter Bits(int bytes)
    {
        Reserve(bytes);
        return new BitWriter(_buffer.AsSpan(Length));
    }

    /// <summary>Takes over bytes that were written behind the last.</summary>
    public void Advance(int bytes) => Length += bytes;
}
