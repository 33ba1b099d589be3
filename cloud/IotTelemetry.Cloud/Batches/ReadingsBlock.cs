using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of one month of a batch and one rule of retention, as columns of the table <c>readings</c>. Not thread-safe.</summary>
internal sealed class ReadingsBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly LowCardinalityColumn _kind;
    private readonly LowCardinalityColumn _point;
    private readonly LowCardinalityColumn _text;
    private readonly StringColumn _asset;
    private readonly DateTime64Column _ts;
    private readonly ValueColumn<double> _value;
    private readonly ValueColumn<byte> _quality;
    private readonly ValueColumn<ulong> _epoch;
    private readonly ValueColumn<ulong> _seq;
    private readonly ValueColumn<ulong> _batch;
    private readonly DateTime64Column _receivedAt;
    private readonly LowCardinalityColumn _retention;
    private readonly Dictionary<PreparedBirth, BirthKeys> _births = [];

    public ReadingsBlock()
    {
        _site = Native.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Native.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _kind = Native.Add<LowCardinalityColumn>("asset_kind", "LowCardinality(String)");
        _point = Native.Add<LowCardinalityColumn>("point", "LowCardinality(String)");
        _asset = Native.Add<StringColumn>("asset", "String");
        _ts = Native.Add<DateTime64Column>("ts", "DateTime64(3, 'UTC')");
        _value = Native.Add<ValueColumn<double>>("value", "Float64");
        _text = Native.Add<LowCardinalityColumn>("text", "LowCardinality(String)");
        _quality = Native.Add<ValueColumn<byte>>("quality", "UInt8");
        _epoch = Native.Add<ValueColumn<ulong>>("epoch", "UInt64");
        _seq = Native.Add<ValueColumn<ulong>>("seq", "UInt64");
        _batch = Native.Add<ValueColumn<ulong>>("batch", "UInt64");
        _receivedAt = Native.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
        _retention = Native.Add<LowCardinalityColumn>("retention", "LowCardinality(String)");
    }

    public NativeBlock Native { get; } = new();

    public int Rows => _ts.Rows;

    /// <summary>Appends the readings <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> of a frame.</summary>
    public void Append(GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int count, long receivedAtMs)
    {
        BirthKeys keys = KeysOf(birth);
        _site.AppendKey(_site.Intern(gateway.SiteUtf8), count);
        _gateway.AppendKey(_gateway.Intern(gateway.GatewayUtf8), count);
        _epoch.AppendRepeated(frame.Header.Epoch, count);
        _seq.AppendRepeated(frame.Header.Sequence, count);
        _receivedAt.AppendRepeated(receivedAtMs, count);
        _ts.Append(frame.TimestampsMs.Slice(start, count));
        _value.Append(frame.Numbers.Slice(start, count));

        ReadOnlySpan<int> points = frame.Points.Slice(start, count);
        ReadOnlySpan<int> texts = frame.Texts.Slice(start, count);
        ReadOnlySpan<Quality> qualities = frame.Qualities.Slice(start, count);
        Span<byte> quality = _quality.Extend(count);
        for (int i = 0; i < points.Length; i++)
        {
            int point = points[i];
            _kind.AppendKey(keys.Kinds[birth.KindOfPoint[point]]);
            _point.AppendKey(keys.Names[birth.NameOfPoint[point]]);
            _asset.Append(birth.AssetOfPoint[point].AsSpan());
            _text.AppendKey(texts[i] < 0 ? 0 : _text.Intern(frame.TextUtf8(texts[i])));
            quality[i] = (byte)qualities[i];
        }
    }

    /// <summary>Names the batch and the rule of retention in every row; once, when the batch is closed and has its number.</summary>
    public void Seal(ulong batch, string retention)
    {
        _batch.AppendRepeated(batch, Rows);
        _retention.AppendKey(_retention.Intern(retention), Rows);
    }

    public void Clear()
    {
        Native.Clear();
        _births.Clear();
    }

    // Dictionary keys hold for one block only, so each batch looks each birth's few names up once.
    private BirthKeys KeysOf(PreparedBirth birth)
    {
        if (!_births.TryGetValue(birth, out BirthKeys keys))
        {
            keys = new BirthKeys(Intern(_kind, birth.Kinds), Intern(_point, birth.Names));
            _births.Add(birth, keys);
        }

        return keys;
    }

    private static int[] Intern(LowCardinalityColumn column, IReadOnlyList<byte[]> texts)
    {
        int[] keys = new int[texts.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = column.Intern(texts[i]);
        }

        return keys;
    }

    private readonly record struct BirthKeys(int[] Kinds, int[] Names);
}
