namespace IotTelemetry.Protocol;

/// <summary>Reads the values of one definition's points (SPECIFICATION.md, sections 5.5 and 5.6). Keeps its working memory; not thread-safe.</summary>
internal sealed class ValueColumnReader(IntegerColumnReader integers)
{
    private long[] _last = [];
    private long[] _first = [];
    private long[] _second = [];

    /// <summary>Reads the values at some positions of the frame's readings, marked as <see cref="ColumnOrder.PositionsOf"/> marks them.</summary>
    public void Read(ref ByteReader section, FrameLayout layout, int column, ReadOnlySpan<int> positions, int firstCount, FrameColumns columns)
    {
        Reserve(positions.Length, layout.ColumnOf.Length);
        switch (layout.Types[column])
        {
            case PointType.Boolean:
                ReadBooleans(ref section, positions, columns.NumbersToFill);
                break;
            case PointType.Float:
                ReadFloats(ref section, positions, columns.PointsToFill, columns.NumbersToFill);
                break;
            case PointType.Text:
                ReadTextIndices(ref section, positions, columns);
                break;
            default:
                ReadIntegers(ref section, positions, firstCount, layout.Powers[column], columns.PointsToFill, columns.NumbersToFill);
                break;
        }
    }

    private static void ReadBooleans(ref ByteReader section, ReadOnlySpan<int> positions, Span<double> numbers)
    {
        ReadOnlySpan<byte> bits = section.Bytes((positions.Length + 7) >> 3);
        for (int i = 0; i < positions.Length; i++)
        {
            int position = positions[i];
            numbers[position ^ (position >> 31)] = (bits[i >> 3] >> (i & 7)) & 1;
        }
    }

    private void ReadIntegers(ref ByteReader section, ReadOnlySpan<int> positions, int firstCount, double power, ReadOnlySpan<int> points, Span<double> numbers)
    {
        Span<long> firsts = _first.AsSpan(0, firstCount);
        Span<long> differences = _second.AsSpan(0, positions.Length - firstCount);
        integers.Read(ref section, firsts);
        integers.Read(ref section, differences);
        long[] last = _last;
        int first = 0;
        int difference = 0;
        foreach (int marked in positions)
        {
            int position = marked ^ (marked >> 31);
            ref long value = ref last[points[position]];
            value = marked < 0 ? firsts[first++] : value + differences[difference++];
            if ((ulong)(value + FrameLimits.Magnitude) > 2 * (ulong)FrameLimits.Magnitude)
            {
                throw new FrameFormatException(RefusalReason.Invalid, $"A reading's value is {value} units of its last digit; 2^53 are allowed.");
            }
            numbers[position] = value / power;
        }
    }

    private void ReadFloats(ref ByteReader section, ReadOnlySpan<int> positions, ReadOnlySpan<int> points, Span<double> numbers)
    {
        BitReader bits = new(section.Rest);
        FloatColumn floats = default;
        long[] last = _last;
        long previous = 0;
        foreach (int marked in positions)
        {
            int position = marked ^ (marked >> 31);
            ref long value = ref last[points[position]];
            value = (long)floats.Read(ref bits) ^ (marked < 0 ? previous : value);
            previous = value;
            numbers[position] = BitConverter.Int64BitsToDouble(value);
        }
        section.Bytes(bits.End());
    }

    private void ReadTextIndices(ref ByteReader section, ReadOnlySpan<int> positions, FrameColumns columns)
    {
        Span<long> indices = _first.AsSpan(0, positions.Length);
        integers.Read(ref section, indices);
        Span<int> texts = columns.TextsToFill;
        Span<double> numbers = columns.NumbersToFill;
        for (int i = 0; i < positions.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)columns.DictionaryCount)
            {
                throw new FrameFormatException(RefusalReason.Invalid, $"A reading has text {indices[i]}; the frame has {columns.DictionaryCount}.");
            }
            int position = positions[i] ^ (positions[i] >> 31);
            texts[position] = (int)indices[i];
            numbers[position] = 0;
        }
    }

    private void Reserve(int count, int points)
    {
        if (_last.Length < points)
        {
            _last = new long[points];
        }
        if (_first.Length < count)
        {
            int capacity = Math.Max(count, Math.Min(2 * _first.Length, FrameLimits.Readings));
            _first = new long[capacity];
            _second = new long[capacity];
        }
    }
}
