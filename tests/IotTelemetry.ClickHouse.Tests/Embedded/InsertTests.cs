using System.Text;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Embedded;

[Collection(EngineTests.Name)]
public sealed class InsertTests(EngineFixture fixture)
{
    private readonly EmbeddedEngine _engine = fixture.Engine;

    [Fact]
    public async Task Rows_with_blank_lines_in_their_bytes_are_stored_whole()
    {
        // Rows inside the SQL text would end at the first 0A 0A, and what follows would run as SQL.
        await CreateAsync("blank_lines", "a String");
        byte[] rows = [3, .. "\n\nx"u8, 19, .. "\n\nDROP TABLE nothing"u8[..19], 0];

        await _engine.InsertAsync("blank_lines (a)", "RowBinary", rows);

        Assert.Equal("3\t0A0A78\n", await _engine.TextAsync("SELECT count(), hex(anyIf(a, length(a) = 3)) FROM blank_lines"));
    }

    [Fact]
    public async Task Insert_with_a_used_token_is_ignored_even_with_other_rows()
    {
        await CreateAsync("tokens", "a UInt64", "SETTINGS non_replicated_deduplication_window = 100");

        await _engine.InsertAsync("tokens", Block(1), "batch 1 it's \\");
        await _engine.InsertAsync("tokens", Block(1), "batch 1 it's \\");
        await _engine.InsertAsync("tokens", Block(7), "batch 1 it's \\");
        await _engine.InsertAsync("tokens", Block(2), "batch 2");

        Assert.Equal("[1,2]\n", await _engine.TextAsync("SELECT arraySort(groupArray(a)) FROM tokens"));
    }

    [Fact]
    public async Task Table_without_a_window_stores_a_repeated_insert_twice()
    {
        // The engine's default, which is why every table of ours sets the window.
        await CreateAsync("no_window", "a UInt64");

        await _engine.InsertAsync("no_window", Block(1), "same");
        await _engine.InsertAsync("no_window", Block(1), "same");

        Assert.Equal("2\n", await _engine.TextAsync("SELECT count() FROM no_window"));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Rollup_doubles_on_a_retry_unless_its_target_has_a_window_too(bool window, int counted)
    {
        string suffix = window ? "with" : "without";
        await CreateAsync($"source_{suffix}", "a UInt64", "SETTINGS non_replicated_deduplication_window = 100");
        await CreateAsync($"rollup_{suffix}", "a UInt64", window ? "SETTINGS non_replicated_deduplication_window = 100" : "");
        await _engine.ExecuteAsync($"CREATE MATERIALIZED VIEW view_{suffix} TO rollup_{suffix} AS SELECT a FROM source_{suffix}");

        await _engine.InsertAsync($"source_{suffix}", Block(1), "t");
        await _engine.InsertAsync($"source_{suffix}", Block(1), "t");

        Assert.Equal("1\n", await _engine.TextAsync($"SELECT count() FROM source_{suffix}"));
        Assert.Equal($"{counted}\n", await _engine.TextAsync($"SELECT count() FROM rollup_{suffix}"));
    }

    [Fact]
    public async Task Repeated_insert_reaches_a_view_that_the_first_one_did_not_come_to()
    {
        await CreateAsync("cut_source", "a UInt64", "SETTINGS non_replicated_deduplication_window = 100");
        await CreateAsync("cut_target", "a UInt64", "SETTINGS non_replicated_deduplication_window = 100");
        await _engine.InsertAsync("cut_source", Block(1), "t"); // As if the engine had died between the table and its view.
        await _engine.ExecuteAsync("CREATE MATERIALIZED VIEW cut_view TO cut_target AS SELECT a FROM cut_source");

        await _engine.InsertAsync("cut_source", Block(1), "t");
        await _engine.InsertAsync("cut_source", Block(1), "t");

        Assert.Equal("1\t1\n", await _engine.TextAsync("SELECT (SELECT count() FROM cut_source), (SELECT count() FROM cut_target)"));
    }

    [Fact]
    public async Task Block_that_does_not_fit_the_table_stores_nothing_and_says_why()
    {
        await CreateAsync("misfit", "a UInt64");
        NativeBlock block = Block(1);
        block.Add<StringColumn>("no_such_column", "String").Append("x");

        ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => _engine.InsertAsync("misfit", block));

        Assert.Equal(16, error.Code); // NO_SUCH_COLUMN_IN_TABLE
        Assert.Contains("no_such_column", error.Message, StringComparison.Ordinal);
        Assert.Equal("0\n", await _engine.TextAsync("SELECT count() FROM misfit"));
    }

    [Fact]
    public async Task Broken_bytes_store_nothing_and_leave_the_connection_usable()
    {
        await CreateAsync("broken", "a UInt64");
        for (int i = 0; i < 5; i++)
        {
            ClickHouseException error = await Assert.ThrowsAsync<ClickHouseException>(() => _engine.InsertAsync("broken", "Native", Encoding.UTF8.GetBytes("certainly not a block")));
            Assert.NotEqual(0, error.Code);
        }

        Assert.Equal("0\n", await _engine.TextAsync("SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'"));
        await _engine.InsertAsync("broken", Block(1));
        Assert.Equal("1\n", await _engine.TextAsync("SELECT count() FROM broken"));
    }

    [Fact]
    public async Task Block_that_breaks_while_it_is_written_stores_nothing()
    {
        await CreateAsync("uneven", "a UInt64, b UInt64");
        NativeBlock block = Block(1);
        block.Add<ValueColumn<ulong>>("b", "UInt64");

        await Assert.ThrowsAsync<InvalidOperationException>(() => _engine.InsertAsync("uneven", block));

        Assert.Equal("0\n", await _engine.TextAsync("SELECT count() FROM uneven"));
    }

    [Fact]
    public async Task Names_are_quoted()
    {
        await _engine.ExecuteAsync("CREATE DATABASE IF NOT EXISTS `odd name`");
        await _engine.ExecuteAsync("CREATE OR REPLACE TABLE `odd name`.`ta``ble` (`co``l \\\\umn` UInt64) ENGINE = MergeTree ORDER BY tuple()");
        NativeBlock block = new();
        block.Add<ValueColumn<ulong>>("co`l \\umn", "UInt64").Append(5);

        await _engine.InsertAsync("odd name.ta`ble", block);

        Assert.Equal("5\n", await _engine.TextAsync("SELECT * FROM `odd name`.`ta``ble`"));
    }

    [Fact]
    public async Task Large_block_is_one_part()
    {
        await CreateAsync("large", "a UInt64");
        await _engine.ExecuteAsync("SYSTEM STOP MERGES large");
        NativeBlock block = new();
        ValueColumn<ulong> a = block.Add<ValueColumn<ulong>>("a", "UInt64");
        for (ulong i = 0; i < 1_000_000; i++)
        {
            a.Append(i);
        }

        await _engine.InsertAsync("large", block);

        Assert.Equal("1\t1000000\n", await _engine.TextAsync("SELECT count(), sum(rows) FROM system.parts WHERE table = 'large' AND active"));
    }

    [Fact]
    public async Task Statement_text_with_values_may_hold_blank_lines()
    {
        await CreateAsync("values_text", "a String");

        await _engine.ExecuteAsync("INSERT INTO values_text VALUES ('a\n\nb'), ('c')");

        Assert.Equal("['a\\n\\nb','c']\n", await _engine.TextAsync("SELECT arraySort(groupArray(a)) FROM values_text"));
    }

    [Fact]
    public async Task Insert_cancelled_at_any_moment_and_repeated_with_its_token_is_stored_once()
    {
        await CreateAsync("cancelled", "a UInt64, b String", "SETTINGS non_replicated_deduplication_window = 1000");
        Random random = new(11);
        NativeBlock block = new();
        ValueColumn<ulong> a = block.Add<ValueColumn<ulong>>("a", "UInt64");
        StringColumn b = block.Add<StringColumn>("b", "String");
        int cancelled = 0;
        for (int batch = 0; batch < 40; batch++)
        {
            block.Clear();
            for (int i = 0; i < 50_000; i++)
            {
                a.Append((ulong)((batch * 50_000) + i));
                b.Append("some text to keep the engine busy"u8);
            }

            for (bool stored = false; !stored;)
            {
                using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(random.Next(1, 60)));
                try
                {
                    await _engine.InsertAsync("cancelled", block, $"batch {batch}", cancelled < 200 ? stop.Token : CancellationToken.None);
                    stored = true;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }
            }
        }

        Assert.NotEqual(0, cancelled);
        Assert.Equal("2000000\t2000000\n", await _engine.TextAsync("SELECT count(), uniqExact(a) FROM cancelled"));
    }

    private static NativeBlock Block(ulong value)
    {
        NativeBlock block = new();
        block.Add<ValueColumn<ulong>>("a", "UInt64").Append(value);
        return block;
    }

    private Task CreateAsync(string table, string columns, string settings = "") =>
        _engine.ExecuteAsync($"CREATE OR REPLACE TABLE {table} ({columns}) ENGINE = MergeTree ORDER BY a {settings}");
}
