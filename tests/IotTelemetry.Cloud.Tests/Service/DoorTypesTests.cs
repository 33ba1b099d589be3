using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Server;
using IotTelemetry.ClickHouse.Tests.Native;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Our engine over HTTP, with the door's newest ClickHouse as the judge of its blocks.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorTypesTests(DoorFixture fixture)
{
    [Theory]
    [InlineData(ServerCompression.Never)]
    [InlineData(ServerCompression.Always)]
    public async Task Every_type_survives_the_way_over_HTTP(ServerCompression compression)
    {
        await using ServerEngine engine = new(new ServerEngineOptions
        {
            Endpoints = [fixture.Service.Http.BaseAddress!],
            Compression = compression,
            MaximumAttempts = 1,
            Settings = new Dictionary<string, string> { ["session_id"] = $"types {compression}" },
        });
        string columns = string.Join(", ", SampleBlocks.Types.Select((type, i) => $"c{i} {type}"));
        await engine.ExecuteAsync($"CREATE TEMPORARY TABLE over_http (n UInt64, {columns})");
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
}
