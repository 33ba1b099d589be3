using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Sessions;

/// <summary>Rows of the table <c>occupancy_history</c>. Not thread-safe.</summary>
internal sealed class SessionsBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly StringColumn _asset;
    private readonly DateTime64Column _arrived;
    private readonly DateTime64Column _left;
    private readonly LowCardinalityColumn _kind;
    private readonly LowCardinalityColumn _gateway;
    private readonly ValueColumn<ulong> _version;
    private readonly ValueColumn<byte> _removed;

    public SessionsBlock()
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _asset = Native.Add<StringColumn>("asset", "String");
        _arrived = Native.Add<DateTime64Column>("arrived", "DateTime64(3, 'UTC')");
        _left = Native.Add<DateTime64Column>("left", "DateTime64(3, 'UTC')");
        _kind = Native.Add<LowCardinalityColumn>("kind", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _version = Native.Add<ValueColumn<ulong>>("version", "UInt64");
        _removed = Native.Add<ValueColumn<byte>>("removed", "UInt8");
    }

    public NativeBlock Native { get; } = new();

    /// <summary>Appends a session as it is from <paramref name="version"/> on; or its end as one that never was.</summary>
    public void Append(in SessionOwner owner, OccupancySession session, ulong version, bool isRemoved)
    {
        _site.Append(owner.Site);
        _asset.Append(owner.Asset);
        _arrived.Append(session.ArrivedMs);
        _left.Append(session.LeftMs ?? 0);
        _kind.Append(owner.Kind);
        _gateway.Append(owner.Gateway);
        _version.Append(version);
        _removed.Append(isRemoved ? (byte)1 : (byte)0);
    }
}
