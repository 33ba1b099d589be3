using System.Text;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.ClickHouse.Tests.Server;

/// <summary>The HTTP transport against a real server. Its age leaves out DateTime64, Map, tokens and query parameters; those are for the embedded engine.</summary>
public sealed class DebianServerTests
{
    [DebianServerFact]
    public async Task Blocks_go_to_a_real_server_and_come_back_compressed_or_not()
    {
        await using DebianServer server = await DebianServer.StartAsync();
        foreach (ServerCompression compression in new[] { ServerCompression.Never, ServerCompression.Always })
        {
            await using ServerEngine engine = server.Engine(compression);
            await engine.ExecuteAsync("DROP TABLE IF EXISTS readings");
            await engine.ExecuteAsync("CREATE TABLE readings (n UInt64, site LowCardinality(String), asset String, value Nullable(Float64), tags Array(String)) ENGINE = MergeTree ORDER BY n");
            NativeBlock block = Readings(100_000);

            await engine.InsertAsync("readings", block);

            int row = 0;
            await foreach (NativeBlock read in engine.QueryAsync("SELECT * FROM readings ORDER BY n"))
            {
                for (int i = 0; i < read.Rows; i += 97)
                {
                    Assert.Equal(block["site"].GetValue(row + i), read["site"].GetValue(i));
                    Assert.Equal(block["value"].GetValue(row + i), read["value"].GetValue(i));
                    Assert.Equal(block["tags"].GetValue(row + i), read["tags"].GetValue(i));
                }

                row += read.Rows;
            }

            Assert.Equal(100_000, row);
            Assert.Equal("100000\t4999950000\n", await engine.TextAsync("SELECT count(), sum(n) FROM readings"));
        }
    }

    [DebianServerFact]
    public async Task Errors_of_a_real_server_keep_their_codes_at_once_and_in_mid_stream()
    {
        await using DebianServer server = await DebianServer.StartAsync();
        await using ServerEngine engine = server.Engine(ServerCompression.Never);

        Assert.Equal(60, (await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELECT * FROM no_such_table"))).Code);
        Assert.Equal(62, (await Assert.ThrowsAsync<ClickHouseException>(() => engine.ExecuteAsync("SELEC 1"))).Code);
        ClickHouseException late = await Assert.ThrowsAsync<ClickHouseException>(() =>
            engine.TextAsync("SELECT number, throwIf(number = 5000000) FROM system.numbers LIMIT 10000000"));
        Assert.Equal(395, late.Code);
        await Assert.ThrowsAsync<ClickHouseException>(() => engine.InsertAsync("system.one", "Native", Encoding.UTF8.GetBytes("not a block")));
    }

    [DebianServerFact]
    public async Task Password_is_checked_by_a_real_server()
    {
        await using DebianServer server = await DebianServer.StartAsync();
        await using ServerEngine right = server.Engine(ServerCompression.Never, "ada", "secret");
        await using ServerEngine wrong = server.Engine(ServerCompression.Never, "ada", "guess");

        Assert.Equal("1\n", await right.TextAsync("SELECT 1"));
        Assert.Equal(193, (await Assert.ThrowsAsync<ClickHouseException>(() => wrong.TextAsync("SELECT 1"))).Code); // WRONG_PASSWORD
    }

    [DebianServerFact]
    public async Task Cancelled_query_ends_on_a_real_server()
    {
        await using DebianServer server = await DebianServer.StartAsync();
        await using ServerEngine engine = server.Engine(ServerCompression.Never);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(500));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.ExecuteAsync("SELECT count() FROM system.numbers WHERE NOT ignore(cityHash64(number))", null, stop.Token));

        using CancellationTokenSource late = new(TimeSpan.FromSeconds(20));
        while (await engine.TextAsync("SELECT count() FROM system.processes", cancellationToken: late.Token) != "1\n")
        {
            await Task.Yield();
        }
    }

    private static NativeBlock Readings(int rows)
    {
        NativeBlock block = new();
        ValueColumn<ulong> n = block.Add<ValueColumn<ulong>>("n", "UInt64");
        LowCardinalityColumn site = block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        StringColumn asset = block.Add<StringColumn>("asset", "String");
        NullableColumn value = block.Add<NullableColumn>("value", "Nullable(Float64)");
        ArrayColumn tags = block.Add<ArrayColumn>("tags", "Array(String)");
        for (int i = 0; i < rows; i++)
        {
            n.Append((ulong)i);
            site.Append($"site {i % 400}");
            asset.Append($"asset {i}");
            if (i % 5 == 0)
            {
                value.AppendNull();
            }
            else
            {
                ((ValueColumn<double>)value.Values).Append(i / 8.0);
            }

            for (int tag = 0; tag < i % 3; tag++)
            {
                ((StringColumn)tags.Elements).Append("tag\n\n");
            }

            tags.EndRow();
        }

        return block;
    }
}
