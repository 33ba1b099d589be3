using System.Globalization;
using System.Text;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Benchmarks.ClickHouse;

/// <summary>A block of readings as a fleet sends them: 20 sites, 100 gateways, 4 points, 100,000 assets, one reading per 10 ms.</summary>
internal sealed class ReadingsBlock
{
    public const string Table = "bench.readings";

    public const string CreateTable =
        $"""
        CREATE OR REPLACE TABLE {Table} (
            site LowCardinality(String), gateway LowCardinality(String), asset_kind LowCardinality(String), point LowCardinality(String),
            asset String CODEC(ZSTD(3)), ts DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)), value Float64 CODEC(ZSTD(3)), quality UInt8,
            epoch UInt64 CODEC(ZSTD(1)), seq UInt64 CODEC(Delta, ZSTD(3)), batch UInt64 CODEC(Delta, ZSTD(1)), received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)))
        ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (site, point, toStartOfHour(ts), asset, ts)
        SETTINGS non_replicated_deduplication_window = 1000
        """;

    private const long Start = 1_795_000_000_000;
    private static readonly byte[][] Sites = Names("site", 20);
    private static readonly byte[][] Gateways = Names("gateway", 100);
    private static readonly byte[][] Points = Names("point", 4);
    private static readonly byte[][] Assets = Names("asset", 100_000);
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly LowCardinalityColumn _kind;
    private readonly LowCardinalityColumn _point;
    private readonly StringColumn _asset;
    private readonly DateTime64Column _ts;
    private readonly ValueColumn<double> _value;
    private readonly ValueColumn<byte> _quality;
    private readonly ValueColumn<ulong> _epoch;
    private readonly ValueColumn<ulong> _seq;
    private readonly ValueColumn<ulong> _batch;
    private readonly DateTime64Column _receivedAt;

    public ReadingsBlock()
    {
        _site = Block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Block.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _kind = Block.Add<LowCardinalityColumn>("asset_kind", "LowCardinality(String)");
        _point = Block.Add<LowCardinalityColumn>("point", "LowCardinality(String)");
        _asset = Block.Add<StringColumn>("asset", "String");
        _ts = Block.Add<DateTime64Column>("ts", "DateTime64(3, 'UTC')");
        _value = Block.Add<ValueColumn<double>>("value", "Float64");
        _quality = Block.Add<ValueColumn<byte>>("quality", "UInt8");
        _epoch = Block.Add<ValueColumn<ulong>>("epoch", "UInt64");
        _seq = Block.Add<ValueColumn<ulong>>("seq", "UInt64");
        _batch = Block.Add<ValueColumn<ulong>>("batch", "UInt64");
        _receivedAt = Block.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
    }

    public NativeBlock Block { get; } = new();

    /// <summary>Replaces the rows, in frames of 100 readings per gateway: what a frame shares is found once per frame.</summary>
    public void Fill(int rows, ulong batch)
    {
        const int FrameRows = 100;
        Block.Clear();
        uint noise = (uint)batch * 2654435761;
        for (int row = 0; row < rows; row += FrameRows)
        {
            int count = Math.Min(FrameRows, rows - row);
            int frame = row / FrameRows;
            int gateway = frame % Gateways.Length;
            _site.AppendKey(_site.Intern(Sites[gateway % Sites.Length]), count);
            _gateway.AppendKey(_gateway.Intern(Gateways[gateway]), count);
            _kind.AppendKey(_kind.Intern("bay"u8), count);
            _quality.AppendRepeated(0, count);
            _epoch.AppendRepeated(1, count);
            _seq.AppendRepeated((batch * 10_000) + (ulong)frame, count);
            _batch.AppendRepeated(batch, count);
            _receivedAt.AppendRepeated(Start + ((long)batch * 500), count);
            for (int i = 0; i < count; i++)
            {
                noise = (noise * 1664525) + 1013904223;
                _point.Append(Points[i & 3]);
                _asset.Append(Assets[(gateway * 1000) + (int)(noise % 1000)]);
                _ts.Append(Start + ((long)batch * 500) + i);
                _value.Append((noise >> 20) / 16.0);
            }
        }
    }

    private static byte[][] Names(string name, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"{name}-{i.ToString("D5", CultureInfo.InvariantCulture)}"))];
}
