using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Server;
using IotTelemetry.ClickHouse.Tests.Native;

namespace IotTelemetry.ClickHouse.Tests.Server;

[Collection(EngineTests.Name)]
public sealed class EmbeddedDoorTests(EngineFixture fixture)
{
    [Theory]
    [InlineData(ServerCompression.Never)]
    [InlineData(ServerCompression.Always)]
    public async Task Every_type_survives_the_way_over_HTTP(ServerCompression compression)
    {
        await using EmbeddedDoor door = new(fixture.Engine);
        await using ServerEngine engine = Engine(door, compression);
        string columns = string.Join(", ", SampleBlocks.Types.Select((type, i) => $"c{i} {type}"));
        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE over_http (n UInt64, {columns}) ENGINE = MergeTree ORDER BY n");
        NativeBlock written = SampleBlocks.Create();
        SampleBlocks.Fill(written, new Random(3), 2000);

        await engine.InsertAsync("over_http", written);

        int row = 0;
        await foreach (NativeBlock read in engine.QueryAsync("SELECT * FROM over_http ORDER BY n SETTINGS max_block_size = 300"))
        {
            for (int i = 0; i < read.Rows; i++, row++)
            {
                Assert.Equal(SampleBlocks.Render(written, row), SampleBlocks.Render(read, i));
            }
        }

        Assert.Equal(2000, row);
    }

    [Fact]
    public async Task Repeated_insert_over_HTTP_is_stored_once()
    {
        await using EmbeddedDoor door = new(fixture.Engine);
        await using ServerEngine engine = Engine(door, ServerCompression.Never);
        await engine.ExecuteAsync("CREATE OR REPLACE TABLE http_once (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100");

        await engine.InsertAsync("http_once (a)", "TSV", "1\n2\n"u8.ToArray(), "it's a token");
        await engine.InsertAsync("http_once (a)", "TSV", "1\n2\n"u8.ToArray(), "it's a token");

        Assert.Equal("2\n", await engine.TextAsync("SELECT count() FROM http_once WHERE a < {limit:UInt64}", parameters: new ClickHouseParameters().Add("limit", 100L)));
    }

    private static ServerEngine Engine(EmbeddedDoor door, ServerCompression compression) =>
        new(new ServerEngineOptions { Endpoints = [door.Endpoint], Compression = compression, MaximumAttempts = 1 });
}
