using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>
/// Values of a fixed size: <c>UInt8…128</c>, <c>Int8…128</c>, <c>Float32/64</c>, <c>Bool</c> (byte), <c>Date</c> (ushort, days since 1970), <c>DateTime</c> (uint, seconds),
/// <c>Enum8/16</c>, <c>Decimal</c> (the unscaled integer), <c>UUID</c>, <c>IPv4/6</c>, as ClickHouse keeps them in memory.
/// </summary>
public class ValueColumn<T> : NativeColumn
    where T : unmanaged
{
    private T[] _values = [];
    private int _rows;

    internal ValueColumn(string type)
        : base(type)
    {
    }

    /// <inheritdoc/>
    public override int Rows => _rows;

    /// <inheritdoc/>
    public override long EncodedBytes => (long)_rows * Unsafe.SizeOf<T>();

    /// <summary>All values; valid until the column changes.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, _rows);

    /// <summary>One value.</summary>
    public T this[int row] => Values[row];

    /// <summary>Appends one value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value)
    {
        int rows = _rows;
        T[] values = _values;
        if ((uint)rows < (uint)values.Length)
        {
            values[rows] = value;
            _rows = rows + 1;
            return;
        }

        Extend(1)[0] = value;
    }

    /// <summary>Appends many values.</summary>
    public void Append(ReadOnlySpan<T> values) => values.CopyTo(Extend(values.Length));

    /// <summary>Appends one value <paramref name="count"/> times.</summary>
    public void AppendRepeated(T value, int count) => Extend(count).Fill(value);

    /// <summary>Appends <paramref name="count"/> values that the caller fills in; the span is valid until the column changes.</summary>
    public Span<T> Extend(int count)
    {
        int rows = _rows;
        if (_values.Length - rows < count)
        {
            Array.Resize(ref _values, NativeBuffers.Grow(_values.Length, checked(rows + count), 64));
        }

        _rows = rows + count;
        return _values.AsSpan(rows, count);
    }

    /// <inheritdoc/>
    public override void Clear() => _rows = 0;

    /// <inheritdoc/>
    public override void AppendDefault() => Append(default(T));

    /// <inheritdoc/>
    public override object? GetValue(int row) => Values[row];

    // ClickHouse writes these types little-endian, as they lie in memory (docs: Native, "RowBinary" encodings per type).
    internal override void WriteData(ref NativeWriter writer) => writer.Write(MemoryMarshal.AsBytes(Values));

    internal override bool TryReadData(ref NativeReader reader, int rows)
    {
        _rows = 0;
        if (!reader.TryRead((long)rows * Unsafe.SizeOf<T>(), out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        bytes.CopyTo(MemoryMarshal.AsBytes(Extend(rows)));
        return true;
    }
}
