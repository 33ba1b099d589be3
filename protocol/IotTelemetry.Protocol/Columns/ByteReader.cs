namespace IotTelemetry.Protocol;

/// <summary>Bytes taken from a span, never beyond its end.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            throw Truncated();
        }
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw Truncated();
        }
        ReadOnlySpan<byte> value = _rest[..count];
        _rest = _rest[count..];
        return value;
    }

    /// <summary>LEB128, at most ten bytes.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        throw new FrameFormatException(RefusalReason.Malformed, "A number is longer than 64 bits.");
    }

    public long SignedVarint() => ZigZag.Decode(Varint());

    /// <summary>A count or length, checked against its limit before anything is made of it.</summary>
    public int Count(int limit, string what)
    {
        ulong value = Varint();
        return value <= (ulong)limit ? (int)value : throw new FrameFormatException(RefusalReason.Limit,
            $"The frame declares {value} {what}; {limit} are allowed here.");
    }

    private static FrameFormatException Truncated() => new(RefusalReason.Truncated, "The frame ends in the middle of a field.");
}
