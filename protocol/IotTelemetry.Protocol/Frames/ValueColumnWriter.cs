namespace IotTelemetry.Protocol;

/// <summary>Writes the values of one definition's points (SPECIFICATION.md, sections 5.5 and 5.6). Keeps its working memory; not thread-safe.</summary>
internal sealed class ValueColumnWriter(int points, IntegerColumnWriter integers)
{
    private readonly long[] _last = new long[points];
    private long[] _first = [];
    private long[] _second = [];

    /// <summary>Writes the values at some positions of the frame's readings, marked as <see cref="ColumnOrder.PositionsOf"/> marks them.</summary>
    public void Write(ByteWriter output, FrameReadings readings, PointType type, ReadOnlySpan<int> positions, int firstCount)
    {
        if (_first.Length < positions.Length)
        {
            int capacity = Math.Max(positions.Length, Math.Min(2 * _first.Length, FrameLimits.Readings));
            _first = new long[capacity];
            _second = new long[capacity];
        }
        switch (type)
        {
            case PointType.Boolean:
                WriteBooleans(output, readings.Values, positions);
                break;
            case PointType.Float:
                WriteFloats(output, readings, positions);
                break;
            case PointType.Text:
                WriteTextIndices(output, readings.Values, positions);
                break;
            default:
                WriteIntegers(output, readings, positions, firstCount);
                break;
        }
    }

    private static void WriteBooleans(ByteWriter output, ReadOnlySpan<long> values, ReadOnlySpan<int> positions)
    {
        BitWriter bits = output.Bits(positions.Length / 8 + 1);
        foreach (int position in positions)
        {
            bits.Put((ulong)values[position ^ (position >> 31)], 1);
        }
        output.Advance(bits.End());
    }

    private void WriteTextIndices(ByteWriter output, ReadOnlySpan<long> values, ReadOnlySpan<int> positions)
    {
        Span<long> indices = _first.AsSpan(0, positions.Length);
        for (int i = 0; i < positions.Length; i++)
        {
            int position = positions[i];
            indices[i] = values[position ^ (position >> 31)];
        }
        integers.Write(output, indices);
    }

    private void WriteIntegers(ByteWriter output, FrameReadings readings, ReadOnlySpan<int> positions, int firstCount)
    {
        ReadOnlySpan<int> points = readings.Points;
        ReadOnlySpan<long> values = readings.Values;
        long[] last = _last;
        long[] firsts = _first;
        long[] differences = _second;
        int first = 0;
        int difference = 0;
        foreach (int position in positions)
        {
            if (position < 0)
            {
                long value = values[~position];
                firsts[first++] = value;
                last[points[~position]] = value;
            }
            else
            {
                long value = values[position];
                ref long before = ref last[points[position]];
                differences[difference++] = value - before;
                before = value;
            }
        }
        integers.Write(output, firsts.AsSpan(0, firstCount));
        integers.Write(output, differences.AsSpan(0, difference));
    }

    private void WriteFloats(ByteWriter output, FrameReadings readings, ReadOnlySpan<int> positions)
    {
        ReadOnlySpan<int> points = readings.Points;
        ReadOnlySpan<long> values = readings.Values;
        long[] last = _last;
        FloatColumn floats = default;
        long previous = 0;
        BitWriter bits = output.Bits(positions.Length * 10);
        foreach (int marked in positions)
        {
            int position = marked ^ (marked >> 31);
            long value = values[position];
            int point = points[position];
            floats.Write(ref bits, (ulong)(value ^ (marked < 0 ? previous : last[point])));
            last[point] = value;
            previous = value;
        }
        output.Advance(bits.End());
    }
}
