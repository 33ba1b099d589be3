namespace IotTelemetry.Protocol;

/// <summary>What the writer and the reader of integer columns agree on (SPECIFICATION.md, section 5.4).</summary>
internal static class IntegerColumn
{
    /// <summary>The two high bits of a column's first byte: one value for all.</summary>
    public const int Special = 0;

    /// <summary>Zig-zag, Rice coded.</summary>
    public const int RiceZigZag = 1;

    /// <summary>Above the minimum, with a fixed number of bits.</summary>
    public const int Packed = 2;

    /// <summary>Above the minimum, Rice coded.</summary>
    public const int RiceOffset = 3;

    /// <summary>The six low bits of a special column: all values are the same.</summary>
    public const int Constant = 0;

    /// <summary>The six low bits of a special column: runs of equal values.</summary>
    public const int Runs = 1;

    /// <summary>The six low bits of a special column: multiples of a common step, as a sensor of coarse resolution or a clock of whole seconds gives.</summary>
    public const int Stepped = 2;

    /// <summary>The greatest Rice parameter, so that a whole code (15 + 1 + 40 bits) is had by one 57-bit peek.</summary>
    public const int MaximumRice = 40;

    /// <summary>So many one bits say that the value follows in 64 bits.</summary>
    public const int Escape = 16;
}
