using System.Text;

namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>String</c>: byte strings of any content, UTF-8 by custom.</summary>
public sealed class StringColumn : NativeColumn
{
    // The bytes are kept as they are encoded (length, content, length, content …), so writing the column is one copy; _ends finds each content.
    private byte[] _encoded = [];
    private int _length;
    private int[] _starts = [];
    private int[] _ends = [];
    private int _rows;

    internal StringColumn(string type = "String")
        : base(type)
    {
    }

    /// <inheritdoc/>
    public override int Rows => _rows;

    /// <inheritdoc/>
    public override long EncodedBytes => _length;

    /// <summary>One value's bytes; valid until the column changes.</summary>
    public ReadOnlySpan<byte> this[int row] => (uint)row < (uint)_rows
        ? _encoded.AsSpan(_starts[row].._ends[row])
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"The column has {_rows} rows.");

    /// <summary>One value, decoded from UTF-8.</summary>
    public string GetString(int row) => Encoding.UTF8.GetString(this[row]);

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> value) => value.CopyTo(Extend(value.Length));

    /// <summary>Appends text as UTF-8.</summary>
    public void Append(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Encoding.UTF8.GetBytes(value, Extend(Encoding.UTF8.GetByteCount(value)));
    }

    /// <summary>Appends one value of <paramref name="bytes"/> bytes that the caller fills in; the span is valid until the column changes.</summary>
    public Span<byte> Extend(int bytes)
    {
        ReserveRow();
        int needed = checked(_length + NativeWriter.MaxVarUInt + bytes);
        if (needed > _encoded.Length)
        {
            Array.Resize(ref _encoded, NativeBuffers.Grow(_encoded.Length, needed, 256));
        }

        int start = _length + NativeWriter.WriteVarUInt(_encoded.AsSpan(_length), (ulong)bytes);
        _starts[_rows] = start;
        _ends[_rows++] = _length = start + bytes;
        return _encoded.AsSpan(start, bytes);
    }

    /// <inheritdoc/>
    public override void Clear() => _rows = _length = 0;

    /// <inheritdoc/>
    public override void AppendDefault() => Extend(0);

    /// <inheritdoc/>
    public override object? GetValue(int row) => GetString(row);

    internal override void WriteData(ref NativeWriter writer) => writer.Write(_encoded.AsSpan(0, _length));

    internal override bool TryReadData(ref NativeReader reader, int rows)
    {
        Clear();
        NativeReader scan = reader;
        int begin = scan.Position;
        for (int row = 0; row < rows; row++)
        {
            if (!scan.TryReadLength(out int length))
            {
                return false;
            }

            ReserveRow();
            _starts[_rows] = scan.Position - begin;
            if (!scan.TrySkip(length))
            {
                return false;
            }

            _ends[_rows++] = scan.Position - begin;
        }

        if (!reader.TryRead(scan.Position - begin, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        if (bytes.Length > _encoded.Length)
        {
            _encoded = new byte[NativeBuffers.Grow(_encoded.Length, bytes.Length, 256)];
        }

        bytes.CopyTo(_encoded);
        _length = bytes.Length;
        return true;
    }

    private void ReserveRow()
    {
        if (_rows == _ends.Length)
        {
            int length = NativeBuffers.Grow(_ends.Length, _rows + 1, 64);
            Array.Resize(ref _starts, length);
            Array.Resize(ref _ends, length);
        }
    }
}
