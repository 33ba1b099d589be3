namespace IotTelemetry.ClickHouse.Native;

/// <summary>A type that is sent as another one under its own name: <c>SimpleAggregateFunction(max, Float64)</c> as <c>Float64</c>.</summary>
public sealed class AliasColumn : NativeColumn
{
    internal AliasColumn(string type, NativeColumn values)
        : base(type) => Values = values;

    /// <summary>The values, as the type they are stored in.</summary>
    public NativeColumn Values { get; }

    /// <inheritdoc/>
    public override int Rows => Values.Rows;

    /// <inheritdoc/>
    public override long EncodedBytes => Values.EncodedBytes;

    /// <inheritdoc/>
    public override void Clear() => Values.Clear();

    /// <inheritdoc/>
    public override void AppendDefault() => Values.AppendDefault();

    /// <inheritdoc/>
    public override object? GetValue(int row) => Values.GetValue(row);

    internal override void WritePrefix(ref NativeWriter writer) => Values.WritePrefix(ref writer);

    internal override void WriteData(ref NativeWriter writer) => Values.WriteData(ref writer);

    internal override bool TryReadPrefix(ref NativeReader reader) => Values.TryReadPrefix(ref reader);

    internal override bool TryReadData(ref NativeReader reader, int rows) => Values.TryReadData(ref reader, rows);
}
