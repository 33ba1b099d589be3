namespace IotTelemetry.ClickHouse.Native;

/// <summary>For each row of an array or map, where its elements end in the nested columns: cumulative UInt64 offsets, as ClickHouse writes them.</summary>
internal sealed class RowEnds
{
    private readonly ValueColumn<ulong> _ends = new("UInt64");

    public int Rows => _ends.Rows;

    /// <summary>Elements of all rows.</summary>
    public int Elements => Rows == 0 ? 0 : (int)_ends[Rows - 1];

    public Range this[int row] => (row == 0 ? 0 : (int)_ends[row - 1])..(int)_ends[row];

    public void End(int elements) => _ends.Append((ulong)elements);

    public void Clear() => _ends.Clear();

    public void Write(ref NativeWriter writer, int elements, string type)
    {
        if (elements != Elements)
        {
            throw new InvalidOperationException($"{type}: {elements - Elements} elements after the last EndRow.");
        }

        _ends.WriteData(ref writer);
    }

    public bool TryRead(ref NativeReader reader, int rows, string type)
    {
        if (!_ends.TryReadData(ref reader, rows))
        {
            return false;
        }

        ulong last = 0;
        foreach (ulong end in _ends.Values)
        {
            if (end < last || end > int.MaxValue)
            {
                throw new NativeFormatException($"{type}: row ends must rise and stay under 2^31, got {end} after {last}.");
            }

            last = end;
        }

        return true;
    }
}
