namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>Array(T)</c>: append the elements of a row to <see cref="Elements"/>, then call <see cref="EndRow"/>.</summary>
public sealed class ArrayColumn : NativeColumn
{
    private readonly RowEnds _ends = new();

    internal ArrayColumn(string type, NativeColumn elements)
        : base(type) => Elements = elements;

    /// <summary>The elements of all rows, one after another.</summary>
    public NativeColumn Elements { get; }

    /// <inheritdoc/>
    public override int Rows => _ends.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => (Rows * 8L) + Elements.EncodedBytes;

    /// <summary>Where a row's elements lie in <see cref="Elements"/>.</summary>
    public Range this[int row] => _ends[row];

    /// <summary>Makes a row of the elements appended since the last one.</summary>
    public void EndRow() => _ends.End(Elements.Rows);

    /// <inheritdoc/>
    public override void AppendDefault() => EndRow();

    /// <inheritdoc/>
    public override void Clear()
    {
        _ends.Clear();
        Elements.Clear();
    }

    /// <inheritdoc/>
    public override object? GetValue(int row)
    {
        Range range = this[row];
        object?[] values = new object?[range.End.Value - range.Start.Value];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Elements.GetValue(range.Start.Value + i);
        }

        return values;
    }

    internal override void WritePrefix(ref NativeWriter writer) => Elements.WritePrefix(ref writer);

    internal override void WriteData(ref NativeWriter writer)
    {
        _ends.Write(ref writer, Elements.Rows, Type);
        Elements.WriteData(ref writer);
    }

    internal override bool TryReadPrefix(ref NativeReader reader) => Elements.TryReadPrefix(ref reader);

    internal override bool TryReadData(ref NativeReader reader, int rows) =>
        _ends.TryRead(ref reader, rows, Type) && Elements.TryReadData(ref reader, _ends.Elements);
}
