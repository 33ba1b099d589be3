using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of the table <c>frames</c>: what makes the frames of a batch count as stored. Not thread-safe.</summary>
internal sealed class FramesBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly ValueColumn<ulong> _epoch;
    private readonly ValueColumn<ulong> _seq;
    private readonly ValueColumn<ulong> _batch;
    private readonly ValueColumn<ulong> _fingerprint;
    private readonly ValueColumn<uint> _rows;
    private readonly ValueColumn<uint> _bytes;
    private readonly LowCardinalityColumn _outcome;
    private readonly DateTime64Column _sealedAt;
    private readonly DateTime64Column _receivedAt;
    private readonly DateTime64Column _storedAt;

    public FramesBlock()
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _epoch = Native.Add<ValueColumn<ulong>>("epoch", "UInt64");
        _seq = Native.Add<ValueColumn<ulong>>("seq", "UInt64");
        _batch = Native.Add<ValueColumn<ulong>>("batch", "UInt64");
        _fingerprint = Native.Add<ValueColumn<ulong>>("fingerprint", "UInt64");
        _rows = Native.Add<ValueColumn<uint>>("rows", "UInt32");
        _bytes = Native.Add<ValueColumn<uint>>("bytes", "UInt32");
        _outcome = Native.Add<LowCardinalityColumn>("outcome", "LowCardinality(String)");
        _sealedAt = Native.Add<DateTime64Column>("sealed_at", "DateTime64(3, 'UTC')");
        _receivedAt = Native.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
        _storedAt = Native.Add<DateTime64Column>("stored_at", "DateTime64(3, 'UTC')");
    }

    public NativeBlock Native { get; } = new();

    public int Rows => _seq.Rows;

    public void Append(GatewaySession gateway, in FrameFacts frame, int rows, ReadOnlySpan<byte> outcome)
    {
        _site.Append(gateway.SiteUtf8);
        _gateway.Append(gateway.GatewayUtf8);
        _epoch.Append(frame.Epoch.Epoch);
        _seq.Append(frame.Seq);
        _fingerprint.Append(frame.Fingerprint);
        _rows.Append((uint)rows);
        _bytes.Append((uint)frame.Bytes);
        _outcome.Append(outcome);
        _sealedAt.Append(frame.SealedAtMs);
        _receivedAt.Append(frame.ReceivedAtMs);
    }

    /// <summary>Completes the rows with the batch's number and the moment at which its readings were stored. One moment for all: one partition, one part.</summary>
    public void Seal(ulong batch, long storedAtMs)
    {
        _batch.AppendRepeated(batch, Rows);
        _storedAt.AppendRepeated(storedAtMs, Rows);
    }

    public void Clear() => Native.Clear();
}
