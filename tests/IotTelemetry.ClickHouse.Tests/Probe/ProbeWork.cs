using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Probe;

/// <summary>What the probe does with its engine.</summary>
internal sealed class ProbeWork(IClickHouseEngine engine)
{
    private ulong _next;

    /// <summary>Inserts blocks of 1,000 rows, each awaited.</summary>
    public async Task InsertAsync(int blocks)
    {
        await engine.ExecuteAsync("CREATE TABLE IF NOT EXISTS probe (a UInt64, b LowCardinality(String)) ENGINE = MergeTree ORDER BY a");
        NativeBlock block = new();
        ValueColumn<ulong> a = block.Add<ValueColumn<ulong>>("a", "UInt64");
        LowCardinalityColumn b = block.Add<LowCardinalityColumn>("b", "LowCardinality(String)");
        for (int i = 0; i < blocks; i++)
        {
            block.Clear();
            for (int row = 0; row < 1000; row++)
            {
                a.Append(_next++);
                b.Append("probe"u8);
            }

            await engine.InsertAsync("probe", block);
        }
    }

    /// <summary>Inserts one row, always the same, under a token.</summary>
    public async Task InsertWithTokenAsync()
    {
        await engine.ExecuteAsync("CREATE TABLE IF NOT EXISTS probe (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 10");
        NativeBlock block = new();
        block.Add<ValueColumn<ulong>>("a", "UInt64").Append(1);
        await engine.InsertAsync("probe", block, "the token");
    }

    public async Task<string> CountAsync()
    {
        using MemoryStream output = new();
        await engine.QueryAsync("SELECT count(), uniqExact(a) FROM probe", "TSV", output);
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd();
    }

    /// <summary>One query that computes and one that streams, both without end.</summary>
    public void StartEndlessQueries()
    {
        _ = engine.QueryAsync("SELECT sum(cityHash64(number)) FROM numbers(1000000000000)", "Null", Stream.Null);
        _ = engine.QueryAsync("SELECT number FROM numbers(1000000000000)", "RowBinary", Stream.Null);
    }

    /// <summary>Disposes the engine while a result is being read, and says how the reading ends.</summary>
    public static async Task<string> EndOfQueryAsync(IClickHouseEngine engine)
    {
        try
        {
            await foreach (NativeBlock block in engine.QueryAsync("SELECT number FROM numbers(1000000000000)"))
            {
                await engine.DisposeAsync();
            }

            return "no error";
        }
        catch (ObjectDisposedException e)
        {
            return e.GetType().Name;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool CatchesNullReference()
    {
        try
        {
            return Length(null!) < 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    /// <summary>The longest of 20 collections while other threads run managed code, which the collector must interrupt by a signal.</summary>
    public static TimeSpan LongestCollection()
    {
        bool stop = false;
        for (int i = 0; i < 2; i++)
        {
            new Thread(() =>
            {
                ulong x = 1;
                while (!Volatile.Read(ref stop))
                {
                    for (int k = 0; k < 100_000_000; k++)
                    {
                        x = (x * 6364136223846793005) + 1;
                    }
                }

                GC.KeepAlive(x);
            })
            { IsBackground = true }.Start();
        }

        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < 20; i++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.Collect();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            longest = elapsed > longest ? elapsed : longest;
        }

        Volatile.Write(ref stop, true);
        return longest;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Length(string text) => text.Length;
}
