using System.Numerics;

namespace IotTelemetry.Protocol;

/// <summary>
/// One float of a column against another, by exclusive or, after Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database" (VLDB 2015),
/// section 4.1.2, with two differences: six bits of leading
/// zeros, and bits from the least significant end. SPECIFICATION.md, section 5.6.
/// </summary>
internal struct FloatColumn
{
    // A window that wastes more than this many bits is worth the 12 bits of a new one.
    private const int WindowBits = 12;

    private int _leading;
    private int _length;

    /// <summary>Writes a difference; at most 78 bits.</summary>
    public void Write(ref BitWriter output, ulong difference)
    {
        if (difference == 0)
        {
            output.Put(0, 1);
            return;
        }
        int leading = BitOperations.LeadingZeroCount(difference);
        int trailing = BitOperations.TrailingZeroCount(difference);
        int length = 64 - leading - trailing;
        int windowTrailing = 64 - _leading - _length;
        if (_length > 0 && leading >= _leading && trailing >= windowTrailing && _length - length <= WindowBits)
        {
            output.Put(0b01, 2);
        }
        else
        {
            (_leading, _length, windowTrailing) = (leading, length, trailing);
            output.Put(0b11 | (ulong)leading << 2 | (ulong)(length - 1) << 8, 14);
        }
        output.PutWide(difference >> windowTrailing, _length);
    }

    /// <summary>Reads a difference.</summary>
    public ulong Read(ref BitReader input)
    {
        ulong word = input.Peek();
        if ((word & 1) == 0)
        {
            input.Skip(1);
            return 0;
        }
        if ((word & 2) == 0)
        {
            input.Skip(2);
            if (_length == 0)
            {
                throw new FrameFormatException(RefusalReason.Malformed, "A float refers to a window before there is one.");
            }
        }
        else
        {
            input.Skip(14);
            _leading = (int)(word >> 2) & 0x3F;
            _length = ((int)(word >> 8) & 0x3F) + 1;
            if (_leading + _length > 64)
            {
                throw new FrameFormatException(RefusalReason.Malformed, "The window of a float is wider than 64 bits.");
            }
        }
        return input.TakeWide(_length) << (64 - _leading - _length);
    }
}
