using System.Text;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Batches;

public sealed class ReadingsBlockTests
{
    private static readonly string[] Columns = ["site", "gateway", "asset_kind", "point", "asset", "ts", "value", "text", "quality", "epoch", "seq", "batch", "received_at", "retention"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Rows_are_laid_out_in_the_order_of_the_table_and_none_is_changed(int seed)
    {
        // "bay-10" comes before "bay-2", and the gateways of a site share assets' names.
        ReadingsBlock sorted = new();
        ReadingsBlock asTheyCame = new();
        Random random = new(seed);
        GatewayLine[] lines = [new("gw-1", 30), new("gw-2", 12), new("gw-1", 30, "height_mm")];
        for (int frame = 1; frame < 60; frame++)
        {
            GatewayLine line = lines[random.Next(lines.Length)];
            FrameColumns columns = line.Decode((ulong)frame, random.Next(1, 90), TestGateway.NewYear + random.Next(20_000_000));
            int start = random.Next(columns.Count);
            sorted.Append(line.Session, line.Birth, columns, start, columns.Count - start, frame);
            asTheyCame.Append(line.Session, line.Birth, columns, start, columns.Count - start, frame);
        }

        sorted.Seal(7, "*/*");
        asTheyCame.Seal(7, "*/*", sort: false);
        string[] rows = Render(sorted.Native);
        Assert.Equal(Render(asTheyCame.Native).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.NotEqual(Render(asTheyCame.Native), rows);
        Assert.True(IsInOrder(sorted.Native));
        Assert.False(IsInOrder(asTheyCame.Native));
    }

    [Fact]
    public void Block_with_more_assets_than_readings_stays_as_it_came()
    {
        GatewayLine line = new("gw-1", 300);
        ReadingsBlock block = new();
        block.Append(line.Session, line.Birth, line.Decode(1, 3, TestGateway.NewYear), 0, 3, 1);
        block.Append(line.Session, line.Birth, line.Decode(2, 3, TestGateway.NewYear - 9), 0, 3, 1);
        block.Seal(1, "*/*");
        Assert.Equal([1UL, 1UL, 1UL, 2UL, 2UL, 2UL], block.Native.Get<ValueColumn<ulong>>("seq").Values.ToArray());
    }

    [Fact]
    public void Bytes_are_told_before_the_columns_are_there()
    {
        GatewayLine line = new("gw-1", 10);
        ReadingsBlock block = new();
        long told = 0;
        for (ulong seq = 1; seq <= 50; seq++)
        {
            told += block.Append(line.Session, line.Birth, line.Decode(seq, 40, TestGateway.NewYear), 0, 40, 1);
        }

        block.Seal(1, "*/*");
        Assert.Equal(block.Native.EncodedBytes, told + (block.Rows * 9), 2000.0);
    }

    private static string[] Render(NativeBlock block) =>
        [.. Enumerable.Range(0, block.Rows).Select(row => string.Join('|', Columns.Select(column => block[column].GetValue(row))))];

    private static bool IsInOrder(NativeBlock block)
    {
        long[] ts = block.Get<DateTime64Column>("ts").Values.ToArray();
        return Enumerable.Range(1, block.Rows - 1).All(row => Compare(row - 1, row) <= 0);

        int Compare(int a, int b) =>
            Text("site", a, b) is not 0 and int bySite ? bySite
            : Text("point", a, b) is not 0 and int byPoint ? byPoint
            : (ts[a] / 3_600_000).CompareTo(ts[b] / 3_600_000) is not 0 and int byHour ? byHour
            : Text("asset", a, b) is not 0 and int byAsset ? byAsset
            : ts[a].CompareTo(ts[b]);

        int Text(string column, int a, int b) =>
            Encoding.UTF8.GetBytes((string)block[column].GetValue(a)!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)block[column].GetValue(b)!));
    }

    private sealed class GatewayLine(string name, int bays, string extraPoint = "distance_mm")
    {
        private readonly TestGateway _gateway = new(name, bays, extraPoint);
        private PreparedBirth? _birth;

        public GatewaySession Session { get; } = new(new GatewayId("harbour", name));

        public PreparedBirth Birth => _birth ??= new PreparedBirth(_gateway.Birth, RetentionRules.KeepAll);

        public FrameColumns Decode(ulong seq, int readings, long startMs)
        {
            FrameColumns columns = new();
            new FrameDecoder().Decode(_gateway.Frame(1, seq, readings, startMs), _gateway.Birth, columns);
            return columns;
        }
    }
}
