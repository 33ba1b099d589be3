using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Embedded;

[Collection(EngineTests.Name)]
public sealed class EmbeddedEngineTests(EngineFixture fixture)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly EmbeddedEngine _engine = fixture.Engine;

    [Fact]
    public async Task Engine_keeps_UTC_waits_for_inserts_and_bounds_its_memory()
    {
        string settings = await _engine.TextAsync(
            "SELECT timezone(), getSetting('async_insert'), (SELECT groupArray(value) FROM (SELECT value FROM system.server_settings "
            + "WHERE name IN ('max_server_memory_usage', 'mark_cache_size', 'index_mark_cache_size', 'primary_index_cache_size') ORDER BY name))");

        Assert.Equal("Etc/UTC\tfalse\t['67108864','268435456','2147483648','268435456']\n", settings);
    }

    [Fact]
    public async Task Parameters_travel_beside_the_statement()
    {
        const string Hostile = "x'); DROP TABLE t; --\\ \t\n\r\0 {y:String} ü";
        ClickHouseParameters parameters = new ClickHouseParameters()
            .Add("text", Hostile).Add("signed", -5L).Add("unsigned", ulong.MaxValue).Add("number", 0.1).Add("infinite", double.NegativeInfinity)
            .Add("time", new DateTimeOffset(2026, 11, 20, 9, 0, 0, 250, TimeSpan.FromHours(1))).Add("texts", ["a'b", "c\\d", "", "e\tf\n"]).AddText("raw", "['x','y']");

        string hex = await _engine.TextAsync(
            "SELECT hex({text:String}), {signed:Int64}, {unsigned:UInt64}, {number:Float64}, {infinite:Float64}, {time:DateTime64(3, 'UTC')}, "
            + "arrayMap(x -> hex(x), {texts:Array(String)}), {raw:Array(String)}",
            parameters: parameters);

        string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
        Assert.Equal(
            $"{Hex(Hostile)}\t-5\t{ulong.MaxValue}\t0.1\t-inf\t2026-11-20 08:00:00.250\t['{Hex("a'b")}','{Hex("c\\d")}','','{Hex("e\tf\n")}']\t['x','y']\n", hex);
    }

    [Fact]
    public async Task Error_carries_the_code_and_text_of_ClickHouse()
    {
        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => _engine.ExecuteAsync("SELECT * FROM no_such_table"));

        Assert.Equal(ClickHouseErrors.UnknownTable, error.Code);
        Assert.False(error.IsTransient);
        Assert.Contains("no_such_table", error.Message, StringComparison.Ordinal);
        Assert.Contains("UNKNOWN_TABLE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_limit_fails_the_query_and_is_transient()
    {
        Dictionary<string, string> settings = new() { ["max_memory_usage"] = "10000000" };

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() =>
            _engine.TextAsync("SELECT groupArray(toString(number)) FROM numbers(10000000) FORMAT Null", settings: settings));

        Assert.Equal(ClickHouseErrors.MemoryLimitExceeded, error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Error_in_mid_stream_reaches_the_reader_and_frees_the_connection()
    {
        for (int i = 0; i < 10; i++) // more often than there are connections
        {
            long rows = 0;
            ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(async () =>
            {
                await foreach (NativeBlock block in _engine.QueryAsync("SELECT number, throwIf(number = 400000) FROM numbers(500000) SETTINGS max_threads = 1"))
                {
                    rows += block.Rows;
                }
            });
            Assert.Equal(395, error.Code);
            Assert.InRange(rows, 1, 400_000);
        }
    }

    [Fact]
    public async Task Settings_hold_for_one_query_only()
    {
        Dictionary<string, string> settings = new() { ["max_threads"] = "1", ["log_queries"] = "0" };
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal("1\tfalse\n", await _engine.TextAsync("SELECT getSetting('max_threads') = 1, getSetting('log_queries')", settings: settings));
            Assert.Equal("true\n", await _engine.TextAsync("SELECT getSetting('log_queries')"));
        }
    }

    [Fact]
    public async Task Read_only_query_cannot_write_and_the_next_one_can()
    {
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE read_only (a UInt8) ENGINE = MergeTree ORDER BY a");
        Dictionary<string, string> settings = new() { ["readonly"] = "1" };
        for (int i = 0; i < 8; i++)
        {
            ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => _engine.TextAsync("INSERT INTO read_only SELECT 1", settings: settings));
            Assert.Equal(164, error.Code); // READONLY
        }

        await _engine.ExecuteAsync("INSERT INTO read_only SELECT 1");
        Assert.Equal("1\n", await _engine.TextAsync("SELECT count() FROM read_only"));
    }

    [Theory]
    [InlineData("SET max_threads = 1")]
    [InlineData(" -- a comment\n/* and another */ use system")]
    [InlineData("INSERT INTO t (a) FORMAT TSV\nx\n\ny")]
    public async Task Statement_that_would_reach_beyond_itself_is_refused(string sql) =>
        await Assert.ThrowsAsync<ArgumentException>(() => _engine.ExecuteAsync(sql));

    [Fact]
    public async Task Several_statements_in_one_text_are_refused()
    {
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE several (a UInt8) ENGINE = MergeTree ORDER BY a");

        Assert.Equal(62, (await Assert.ThrowsAsync<ClickHouseException>(() => _engine.ExecuteAsync("INSERT INTO several VALUES (1); DROP TABLE several"))).Code);
        Assert.Equal(62, (await Assert.ThrowsAsync<ClickHouseException>(() => _engine.TextAsync("SELECT 1; DROP TABLE several"))).Code);

        Assert.Equal("0\n", await _engine.TextAsync("SELECT count() FROM several"));
    }

    [Theory]
    [InlineData("JSON")]
    [InlineData("JSONEachRow")]
    [InlineData("CSVWithNames")]
    [InlineData("Native")]
    [InlineData("Parquet")]
    [InlineData("XML")]
    [InlineData("RowBinaryWithNamesAndTypes")]
    public async Task Long_result_is_one_document_in_every_format(string format)
    {
        // The engine's stream would make a document of every 65,409 rows.
        string directory = Directory.CreateTempSubdirectory("iot-clickhouse-").FullName;
        string file = Path.Combine(directory, "result");
        try
        {
            await using (FileStream output = File.Create(file))
            {
                await _engine.QueryAsync("SELECT number AS n, toString(number) AS s FROM numbers(200000)", format, output);
            }

            if (format is "JSON")
            {
                using JsonDocument document = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
                Assert.Equal(200_000, document.RootElement.GetProperty("data").GetArrayLength());
            }
            else if (format is "XML")
            {
                Assert.Equal(200_000, System.Xml.Linq.XDocument.Load(file).Descendants("row").Count());
            }
            else
            {
                string count = await _engine.TextAsync(
                    $"SELECT count(), sum(n), sum(s = toString(n)) FROM file({{file:String}}, {format}, 'n UInt64, s String')", parameters: new ClickHouseParameters().Add("file", file));
                Assert.Equal("200000\t19999900000\t200000\n", count);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Format_clause_in_the_statement_wins() =>
        Assert.Equal("{\"a\":1}\n", await _engine.TextAsync("SELECT 1 AS a FORMAT JSONEachRow", "TSV"));

    [Theory]
    [InlineData("SHOW DATABASES")]
    [InlineData("DESCRIBE TABLE system.one")]
    [InlineData("EXPLAIN SELECT 1")]
    [InlineData("EXISTS TABLE system.one")]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2)")]
    [InlineData("WITH 1 AS a SELECT a")]
    public async Task Every_kind_of_query_gives_blocks(string sql)
    {
        int rows = 0;
        await foreach (NativeBlock block in _engine.QueryAsync(sql))
        {
            rows += block.Rows;
        }

        Assert.InRange(rows, 1, 100);
    }

    [Fact]
    public async Task Slow_reader_holds_the_query_back_instead_of_filling_memory()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        using CancellationTokenSource stop = new();
        Task query = _engine.QueryAsync("SELECT number FROM numbers(100000000000)", "RowBinary", pipe.Writer, cancellationToken: stop.Token);
        long read = 0;
        for (int i = 0; i < 200; i++)
        {
            ReadResult result = await pipe.Reader.ReadAsync();
            read += result.Buffer.Length;
            pipe.Reader.AdvanceTo(result.Buffer.End);
        }

        Assert.False(query.IsCompleted);
        Assert.InRange(read, 1, 300L << 20);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => query.WaitAsync(Soon));
    }

    [Fact]
    public async Task Reader_that_leaves_ends_the_query()
    {
        Pipe pipe = new();
        Task query = _engine.QueryAsync("SELECT number FROM numbers(100000000000)", "RowBinary", pipe.Writer);
        ReadResult result = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(result.Buffer.End);

        await pipe.Reader.CompleteAsync();

        await query.WaitAsync(Soon);
        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Cancellation_ends_a_statement_that_gives_no_rows()
    {
        using CancellationTokenSource stop = new();
        Task statement = _engine.ExecuteAsync("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", null, stop.Token);
        await WaitUntilAsync("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(cityHash64%'", "1\n");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => statement.WaitAsync(Soon));
        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Cancelling_many_queries_at_random_moments_leaves_every_connection_usable()
    {
        Random random = new(7);
        for (int i = 0; i < 40; i++)
        {
            using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(random.Next(1, 30)));
            string sql = i % 2 == 0 ? "SELECT number FROM numbers(100000000000)" : "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)";
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.TextAsync(sql, "Null", cancellationToken: stop.Token).WaitAsync(Soon));
        }

        await AssertNothingRunsAsync();
    }

    [Fact]
    public async Task Queries_beyond_the_limit_wait_and_hold_up_neither_inserts_nor_statements()
    {
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE held_up (a UInt64) ENGINE = MergeTree ORDER BY a");
        using CancellationTokenSource stop = new();
        Task[] queries = [.. Enumerable.Range(0, 9).Select(_ => _engine.TextAsync("SELECT sleepEachRow(1) FROM numbers(100000) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0", "Null", cancellationToken: stop.Token))];
        NativeBlock block = new();
        block.Add<ValueColumn<ulong>>("a", "UInt64").Append(1);

        for (int i = 0; i < 20; i++)
        {
            await _engine.InsertAsync("held_up", block).WaitAsync(Soon);
            await _engine.ExecuteAsync("SELECT 1").WaitAsync(Soon);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(queries).WaitAsync(Soon));
        Assert.Equal("20\n", await _engine.TextAsync("SELECT count() FROM held_up"));
    }

    [Fact]
    public async Task Many_callers_at_once_get_each_his_own_result()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellationToken) =>
        {
            string sum = await _engine.TextAsync("SELECT sum(number) FROM numbers({n:UInt64})", parameters: new ClickHouseParameters().Add("n", i * 1000L), cancellationToken: cancellationToken);
            Assert.Equal((i * 1000L * ((i * 1000L) - 1) / 2).ToString(CultureInfo.InvariantCulture), sum.TrimEnd());
        });
    }

    [Fact]
    public async Task Result_that_must_be_whole_ends_at_the_memory_limit_of_the_query()
    {
        Dictionary<string, string> settings = new() { ["max_memory_usage"] = "50000000" };
        using CancellationTokenSource late = new(TimeSpan.FromMinutes(1));

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() =>
            _engine.QueryAsync("SELECT number, toString(number) FROM numbers(3000000)", "JSON", Stream.Null, settings: settings, cancellationToken: late.Token));

        Assert.Equal(ClickHouseErrors.MemoryLimitExceeded, error.Code);
    }

    [Fact]
    public async Task Query_of_the_threads_stacks_which_sends_the_runtimes_signal_does_no_harm()
    {
        await _engine.TextAsync("SELECT count() FROM system.stack_trace");

        GC.Collect();
        Assert.Equal("1\n", await _engine.TextAsync("SELECT 1"));
    }

    private async Task WaitUntilAsync(string sql, string expected)
    {
        using CancellationTokenSource late = new(Soon);
        while (await _engine.TextAsync(sql, cancellationToken: late.Token) != expected)
        {
            await Task.Yield();
        }
    }

    private Task AssertNothingRunsAsync() => WaitUntilAsync("SELECT count() FROM system.processes", "1\n");
}
