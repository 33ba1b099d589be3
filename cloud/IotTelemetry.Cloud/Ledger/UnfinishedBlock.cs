using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Ledger;

/// <summary>Rows of the table <c>unfinished</c>. Not thread-safe.</summary>
internal sealed class UnfinishedBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly ValueColumn<ulong> _epoch;
    private readonly ValueColumn<uint> _month;
    private readonly LowCardinalityColumn _kind;
    private readonly ValueColumn<ulong> _seq;

    public UnfinishedBlock()
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _epoch = Native.Add<ValueColumn<ulong>>("epoch", "UInt64");
        _month = Native.Add<ValueColumn<uint>>("month", "UInt32");
        _kind = Native.Add<LowCardinalityColumn>("asset_kind", "LowCardinality(String)");
        _seq = Native.Add<ValueColumn<ulong>>("seq", "UInt64");
    }

    public NativeBlock Native { get; } = new();

    public void Append(GatewaySession gateway, ulong epoch, uint month, string kind, ulong seq)
    {
        _site.Append(gateway.SiteUtf8);
        _gateway.Append(gateway.GatewayUtf8);
        _epoch.Append(epoch);
        _month.Append(month);
        _kind.Append(kind);
        _seq.Append(seq);
    }
}
