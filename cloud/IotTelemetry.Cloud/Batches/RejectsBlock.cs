using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of the table <c>rejects</c>. Not thread-safe.</summary>
internal sealed class RejectsBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly ValueColumn<ulong> _epoch;
    private readonly ValueColumn<ulong> _seq;
    private readonly ValueColumn<ulong> _fingerprint;
    private readonly DateTime64Column _receivedAt;
    private readonly LowCardinalityColumn _reason;
    private readonly StringColumn _detail;
    private readonly StringColumn _topic;
    private readonly StringColumn _client;
    private readonly StringColumn _payload;
    private readonly ValueColumn<ulong> _batch;

    public RejectsBlock()
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _epoch = Native.Add<ValueColumn<ulong>>("epoch", "UInt64");
        _seq = Native.Add<ValueColumn<ulong>>("seq", "UInt64");
        _fingerprint = Native.Add<ValueColumn<ulong>>("fingerprint", "UInt64");
        _receivedAt = Native.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
        _reason = Native.Add<LowCardinalityColumn>("reason", "LowCardinality(String)");
        _detail = Native.Add<StringColumn>("detail", "String");
        _topic = Native.Add<StringColumn>("topic", "String");
        _client = Native.Add<StringColumn>("client", "String");
        _payload = Native.Add<StringColumn>("payload", "String");
        _batch = Native.Add<ValueColumn<ulong>>("batch", "UInt64");
    }

    public NativeBlock Native { get; } = new();

    public int Rows => _seq.Rows;

    public void Append(GatewaySession? gateway, ulong epoch, ulong seq, ulong fingerprint, in Rejection rejection, long receivedAtMs)
    {
        _site.Append(gateway is null ? [] : gateway.SiteUtf8);
        _gateway.Append(gateway is null ? [] : gateway.GatewayUtf8);
        _epoch.Append(epoch);
        _seq.Append(seq);
        _fingerprint.Append(fingerprint);
        _receivedAt.Append(receivedAtMs);
        _reason.Append(ReasonName.Of(rejection.Reason));
        _detail.Append(rejection.Detail);
        _topic.Append(rejection.Topic.Span);
        _client.Append(rejection.Client);
        _payload.Append(rejection.Payload.Span);
    }

    public void Seal(ulong batch) => _batch.AppendRepeated(batch, Rows);

    public void Clear() => Native.Clear();
}
