using System.Buffers.Binary;

namespace IotTelemetry.ClickHouse.Native;

/// <summary><c>UUID</c>: two little-endian 64-bit halves, the high one first.</summary>
public sealed class UuidColumn : NativeColumn
{
    private readonly ValueColumn<UInt128> _values = new("UInt128");

    internal UuidColumn()
        : base("UUID")
    {
    }

    /// <inheritdoc/>
    public override int Rows => _values.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => _values.EncodedBytes;

    /// <summary>One value.</summary>
    public Guid this[int row]
    {
        get
        {
            UInt128 raw = _values[row];
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)raw);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (ulong)(raw >> 64));
            return new Guid(bytes, bigEndian: true);
        }
    }

    /// <summary>Appends a value.</summary>
    public void Append(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        _values.Append(new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes)));
    }

    /// <inheritdoc/>
    public override void Clear() => _values.Clear();

    /// <inheritdoc/>
    public override void AppendDefault() => _values.AppendDefault();

    /// <inheritdoc/>
    public override object? GetValue(int row) => this[row];

    internal override void WriteData(ref NativeWriter writer) => _values.WriteData(ref writer);

    internal override bool TryReadData(ref NativeReader reader, int rows) => _values.TryReadData(ref reader, rows);
}
