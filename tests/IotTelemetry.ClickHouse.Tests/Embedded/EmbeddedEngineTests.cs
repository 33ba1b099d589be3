using System.Text;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Embedded;

[Collection(EngineTests.Name)]
public sealed class EmbeddedEngineTests(EngineFixture fixture)
{
    private readonly EmbeddedEngine _engine = fixture.Engine;

    [Fact]
    public async Task Rows_of_a_block_come_back_from_a_query()
    {
        await _engine.ExecuteAsync("CREATE TABLE rows_back (site LowCardinality(String), ts DateTime64(3, 'UTC'), value Float64) ENGINE = MergeTree ORDER BY ts");
        NativeBlock block = new();
        LowCardinalityColumn site = block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        DateTime64Column ts = block.Add<DateTime64Column>("ts", "DateTime64(3, 'UTC')");
        ValueColumn<double> value = block.Add<ValueColumn<double>>("value", "Float64");
        for (int i = 0; i < 200_000; i++)
        {
            site.Append(i % 2 == 0 ? "harbour" : "market");
            ts.Append(1_763_600_000_000 + i);
            value.Append(i / 4.0);
        }

        await _engine.InsertAsync("rows_back", block);

        int row = 0;
        await foreach (NativeBlock read in _engine.QueryAsync("SELECT site, ts, value FROM rows_back ORDER BY ts"))
        {
            LowCardinalityColumn readSite = read.Get<LowCardinalityColumn>("site");
            ReadOnlySpan<long> readTs = read.Get<DateTime64Column>("ts").Values;
            ReadOnlySpan<double> readValue = read.Get<ValueColumn<double>>("value").Values;
            for (int i = 0; i < read.Rows; i++, row++)
            {
                Assert.Equal(row % 2 == 0 ? "harbour" : "market", readSite.GetValue(i));
                Assert.Equal(1_763_600_000_000 + row, readTs[i]);
                Assert.Equal(row / 4.0, readValue[i]);
            }
        }

        Assert.Equal(200_000, row);
    }

    [Fact]
    public async Task Settings_are_those_of_a_careful_server()
    {
        string text = await _engine.TextAsync("SELECT timezone(), getSetting('async_insert'), (SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'), (SELECT value FROM system.server_settings WHERE name = 'mark_cache_size') FORMAT TSV");
        Assert.Equal("Etc/UTC\tfalse\t2147483648\t268435456\n", text);
    }
}

internal static class EngineText
{
    public static async Task<string> TextAsync(this IClickHouseEngine engine, string sql, string format = "TSV", ClickHouseParameters? parameters = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        using MemoryStream output = new();
        await engine.QueryAsync(sql, format, output, parameters, settings);
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}
