namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>FixedString(N)</c>, and the types of a fixed size that .NET has no number for (<c>UInt256</c>, <c>Int256</c>, <c>Decimal256</c>): N bytes each.</summary>
public sealed class FixedStringColumn : NativeColumn
{
    private readonly ValueColumn<byte> _bytes = new("UInt8");
    private int _rows;

    internal FixedStringColumn(string type, int size)
        : base(type) => Size = size;

    /// <summary>Bytes per value.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    public override int Rows => _rows;

    /// <inheritdoc/>
    public override long EncodedBytes => _bytes.Rows;

    /// <summary>One value; valid until the column changes.</summary>
    public ReadOnlySpan<byte> this[int row] => _bytes.Values.Slice(row * Size, Size);

    /// <summary>Appends a value; a short one is filled up with zero bytes, as ClickHouse does.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length > Size)
        {
            throw new ArgumentException($"The value has {value.Length} bytes, {Type} holds {Size}.", nameof(value));
        }

        Span<byte> target = _bytes.Extend(Size);
        value.CopyTo(target);
        target[value.Length..].Clear();
        _rows++;
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        _bytes.Clear();
        _rows = 0;
    }

    /// <inheritdoc/>
    public override void AppendDefault() => Append([]);

    /// <inheritdoc/>
    public override object? GetValue(int row) => this[row].ToArray();

    internal override void WriteData(ref NativeWriter writer) => _bytes.WriteData(ref writer);

    internal override bool TryReadData(ref NativeReader reader, int rows)
    {
        Clear();
        if (!reader.TryRead((long)rows * Size, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        _bytes.Append(bytes);
        _rows = rows;
        return true;
    }
}
