namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>Map(K, V)</c>: append a row's keys and values in pairs to <see cref="Keys"/> and <see cref="Values"/>, then call <see cref="EndRow"/>.</summary>
public sealed class MapColumn : NativeColumn
{
    private readonly RowEnds _ends = new();

    internal MapColumn(string type, NativeColumn keys, NativeColumn values)
        : base(type)
    {
        Keys = keys;
        Values = values;
    }

    /// <summary>The keys of all rows, one after another.</summary>
    public NativeColumn Keys { get; }

    /// <summary>The values, in step with the keys.</summary>
    public NativeColumn Values { get; }

    /// <inheritdoc/>
    public override int Rows => _ends.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => (Rows * 8L) + Keys.EncodedBytes + Values.EncodedBytes;

    /// <summary>Where a row's pairs lie in <see cref="Keys"/> and <see cref="Values"/>.</summary>
    public Range this[int row] => _ends[row];

    /// <summary>Makes a row of the pairs appended since the last one.</summary>
    public void EndRow()
    {
        if (Keys.Rows != Values.Rows)
        {
            throw new InvalidOperationException($"{Type}: {Keys.Rows} keys but {Values.Rows} values.");
        }

        _ends.End(Keys.Rows);
    }

    /// <inheritdoc/>
    public override void AppendDefault() => EndRow();

    /// <inheritdoc/>
    public override void Clear()
    {
        _ends.Clear();
        Keys.Clear();
        Values.Clear();
    }

    /// <inheritdoc/>
    public override object? GetValue(int row)
    {
        Range range = this[row];
        KeyValuePair<object?, object?>[] pairs = new KeyValuePair<object?, object?>[range.End.Value - range.Start.Value];
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new(Keys.GetValue(range.Start.Value + i), Values.GetValue(range.Start.Value + i));
        }

        return pairs;
    }

    internal override void WritePrefix(ref NativeWriter writer)
    {
        Keys.WritePrefix(ref writer);
        Values.WritePrefix(ref writer);
    }

    internal override void WriteData(ref NativeWriter writer)
    {
        _ends.Write(ref writer, Keys.Rows, Type);
        Keys.WriteData(ref writer);
        Values.WriteData(ref writer);
    }

    internal override bool TryReadPrefix(ref NativeReader reader) => Keys.TryReadPrefix(ref reader) && Values.TryReadPrefix(ref reader);

    internal override bool TryReadData(ref NativeReader reader, int rows) =>
        _ends.TryRead(ref reader, rows, Type) && Keys.TryReadData(ref reader, _ends.Elements) && Values.TryReadData(ref reader, _ends.Elements);
}
