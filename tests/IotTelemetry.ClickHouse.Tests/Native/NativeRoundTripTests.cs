using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Native;

[Collection(EngineTests.Name)]
public sealed class NativeRoundTripTests(EngineFixture fixture)
{
    private readonly EmbeddedEngine _engine = fixture.Engine;

    [Fact]
    public async Task Every_type_survives_writer_engine_and_reader()
    {
        string columns = string.Join(", ", SampleBlocks.Types.Select((type, i) => $"c{i} {type}"));
        await _engine.ExecuteAsync($"CREATE OR REPLACE TABLE every_type (n UInt64, {columns}) ENGINE = MergeTree ORDER BY n");
        NativeBlock written = SampleBlocks.Create();
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => RoundTripAsync(written, seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(300)]
    [InlineData(70_000)]
    public async Task Dictionary_keys_grow_from_one_to_four_bytes(int distinct)
    {
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE dictionary (n UInt64, name LowCardinality(String)) ENGINE = MergeTree ORDER BY n");
        NativeBlock block = new();
        ValueColumn<ulong> n = block.Add<ValueColumn<ulong>>("n", "UInt64");
        LowCardinalityColumn name = block.Add<LowCardinalityColumn>("name", "LowCardinality(String)");
        for (int i = 0; i < distinct; i++)
        {
            n.Append((ulong)i);
            name.Append($"gateway {i}");
        }

        await _engine.InsertAsync("dictionary", block);

        Assert.Equal($"{distinct}\t{distinct}\n", await _engine.TextAsync("SELECT uniqExact(name), countIf(name = concat('gateway ', toString(n))) FROM dictionary"));
        int row = 0;
        await foreach (NativeBlock read in _engine.QueryAsync("SELECT name FROM dictionary ORDER BY n"))
        {
            LowCardinalityColumn names = read.Get<LowCardinalityColumn>("name");
            for (int i = 0; i < read.Rows; i++)
            {
                Assert.Equal($"gateway {row++}", names.GetValue(i));
            }
        }

        Assert.Equal(distinct, row);
    }

    [Fact]
    public async Task Repeated_keys_and_left_out_columns_are_stored()
    {
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE left_out (a LowCardinality(String), b UInt32 DEFAULT 7, c String) ENGINE = MergeTree ORDER BY a");
        NativeBlock block = new();
        block.Add<StringColumn>("c", "String").Append("x");
        LowCardinalityColumn a = block.Add<LowCardinalityColumn>("a", "LowCardinality(String)");
        a.AppendKey(a.Intern("bay"), 1);

        await _engine.InsertAsync("left_out", block);

        Assert.Equal("bay\t7\tx\n", await _engine.TextAsync("SELECT * FROM left_out"));
    }

    private async Task RoundTripAsync(NativeBlock written, int seed)
    {
        Random random = new(seed);
        SampleBlocks.Fill(written, random, random.Next(1, 400));
        await _engine.ExecuteAsync("TRUNCATE TABLE every_type");

        await _engine.InsertAsync("every_type", written);

        int row = 0;
        await foreach (NativeBlock read in _engine.QueryAsync("SELECT * FROM every_type ORDER BY n"))
        {
            Assert.Equal(written.Names, read.Names);
            Assert.Equal(written.Columns.Select(column => column.Type), read.Columns.Select(column => column.Type));
            for (int i = 0; i < read.Rows; i++, row++)
            {
                Assert.Equal(SampleBlocks.Render(written, row), SampleBlocks.Render(read, i));
            }
        }

        Assert.Equal(written.Rows, row);
    }
}
