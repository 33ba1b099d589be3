using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>Rows of the table <c>rollup_minute</c> or <c>rollup_hour</c>. Not thread-safe.</summary>
internal sealed class RollupBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _kind;
    private readonly LowCardinalityColumn _point;
    private readonly LowCardinalityColumn _gateway;
    private readonly ValueColumn<uint> _slot;
    private readonly ValueColumn<ulong> _readings;
    private readonly ValueColumn<ulong> _numbers;
    private readonly ValueColumn<double> _total;
    private readonly ValueColumn<double> _lowest;
    private readonly ValueColumn<double> _highest;
    private readonly ValueColumn<ulong> _batch;

    /// <param name="slot">Name of the column with the slot's beginning: <c>minute</c> or <c>hour</c>.</param>
    public RollupBlock(string slot)
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _kind = Native.Add<LowCardinalityColumn>("asset_kind", "LowCardinality(String)");
        _point = Native.Add<LowCardinalityColumn>("point", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _slot = Native.Add<ValueColumn<uint>>(slot, "DateTime('UTC')");
        _readings = Native.Add<ValueColumn<ulong>>("readings", "UInt64");
        _numbers = Native.Add<ValueColumn<ulong>>("numbers", "UInt64");
        _total = Native.Add<ValueColumn<double>>("total", "Float64");
        _lowest = Native.Add<ValueColumn<double>>("lowest", "Float64");
        _highest = Native.Add<ValueColumn<double>>("highest", "Float64");
        _batch = Native.Add<ValueColumn<ulong>>("batch", "UInt64");
    }

    public NativeBlock Native { get; } = new();

    /// <summary>Appends a cell; <paramref name="slotSeconds"/> is the slot's beginning in Unix seconds.</summary>
    public void Append(GatewaySession gateway, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> point, uint slotSeconds, in RollupCell cell, ulong batch)
    {
        _site.Append(gateway.SiteUtf8);
        _kind.Append(kind);
        _point.Append(point);
        _gateway.Append(gateway.GatewayUtf8);
        _slot.Append(slotSeconds);
        _readings.Append(cell.Readings);
        _numbers.Append(cell.Numbers);
        _total.Append(cell.Total);
        _lowest.Append(cell.Lowest);
        _highest.Append(cell.Highest);
        _batch.Append(batch);
    }

    public void Clear() => Native.Clear();
}
