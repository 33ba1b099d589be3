namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>Nullable(T)</c>: a mark per row, and the values, where a NULL has a default value. To append a value, append it to <see cref="Values"/>.</summary>
public sealed class NullableColumn : NativeColumn
{
    private readonly ValueColumn<byte> _nulls = new("UInt8");

    internal NullableColumn(string type, NativeColumn values)
        : base(type) => Values = values;

    /// <summary>The values, one per row, NULL or not.</summary>
    public NativeColumn Values { get; }

    /// <inheritdoc/>
    public override int Rows => Values.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => Values.Rows + Values.EncodedBytes;

    /// <summary>True when the row is NULL.</summary>
    public bool IsNull(int row) => row < _nulls.Rows && _nulls[row] != 0;

    /// <summary>Appends NULL.</summary>
    public void AppendNull()
    {
        MarkAppended();
        Values.AppendDefault();
        _nulls.Append(1);
    }

    /// <inheritdoc/>
    public override void AppendDefault() => AppendNull();

    /// <inheritdoc/>
    public override void Clear()
    {
        _nulls.Clear();
        Values.Clear();
    }

    /// <inheritdoc/>
    public override object? GetValue(int row) => IsNull(row) ? null : Values.GetValue(row);

    internal override void WritePrefix(ref NativeWriter writer) => Values.WritePrefix(ref writer);

    internal override void WriteData(ref NativeWriter writer)
    {
        MarkAppended();
        _nulls.WriteData(ref writer);
        Values.WriteData(ref writer);
    }

    internal override bool TryReadPrefix(ref NativeReader reader) => Values.TryReadPrefix(ref reader);

    internal override bool TryReadData(ref NativeReader reader, int rows) => _nulls.TryReadData(ref reader, rows) && Values.TryReadData(ref reader, rows);

    // Values are appended to the inner column alone; their marks follow when they are needed.
    private void MarkAppended()
    {
        if (Values.Rows > _nulls.Rows)
        {
            _nulls.AppendRepeated(0, Values.Rows - _nulls.Rows);
        }
    }
}
