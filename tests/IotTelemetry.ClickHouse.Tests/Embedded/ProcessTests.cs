using System.Globalization;

namespace IotTelemetry.ClickHouse.Tests.Embedded;

/// <summary>What the engine does to the process that holds it, seen from outside.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Stored = "20000\t20000";
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-clickhouse-").FullName;

    private string Data => Path.Combine(_directory, "data");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("return", 0)]
    [InlineData("environment-exit", 5)]
    public async Task Process_that_ends_without_disposing_the_engine_ends_cleanly(string mode, int exitCode)
    {
        // With a connection left open, 7 of 8 such processes died of SIGSEGV.
        for (int i = 0; i < 4; i++)
        {
            string data = $"{Data}{i}";
            Assert.Equal((exitCode, "", ""), await ProbeProcess.RunAsync(mode, data));
            await AssertStoredAsync(Stored, data);
        }
    }

    [Theory]
    [InlineData("wait", "TERM", 143)]
    [InlineData("wait", "INT", 130)]
    [InlineData("host", "TERM", 0)]
    public async Task Process_that_is_told_to_stop_closes_the_engine(string mode, string signal, int exitCode)
    {
        using ProbeProcess probe = ProbeProcess.Start(mode, Data);
        Assert.Equal("ready", await probe.ReadLineAsync());

        probe.Signal(signal);

        Assert.Equal((exitCode, "", ""), await probe.EndAsync());
        await AssertStoredAsync(Stored, Data);
    }

    [Fact]
    public async Task Unhandled_exception_is_reported_as_ever_and_not_as_a_crash_of_the_engine()
    {
        (int exitCode, _, string errors) = await ProbeProcess.RunAsync("unhandled", Data);

        Assert.Equal(134, exitCode); // SIGABRT, .NET's own end
        Assert.Contains("nobody handles this", errors, StringComparison.Ordinal);
        await AssertStoredAsync(Stored, Data);
    }

    [Fact]
    public async Task Kill_loses_no_insert_that_returned()
    {
        int stored = 0;
        using (ProbeProcess probe = ProbeProcess.Start("insert-forever", Data))
        {
            while (stored < 30)
            {
                stored = int.Parse((await probe.ReadLineAsync())!, CultureInfo.InvariantCulture);
            }

            probe.Signal("KILL");
            (int exitCode, string rest, _) = await probe.EndAsync();
            Assert.Equal(137, exitCode);
            stored += rest.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        }

        (_, string counted, _) = await ProbeProcess.RunAsync("count", Data);
        int rows = int.Parse(counted.Split('\t')[0], CultureInfo.InvariantCulture);
        Assert.InRange(rows, stored * 1000, (stored + 1) * 1000); // one more may have been stored and not yet reported
    }

    [Fact]
    public async Task NullReferenceException_is_still_an_exception() => Assert.Equal((0, "100", ""), await ProbeProcess.RunAsync("null-reference", Data));

    [Fact]
    public async Task Garbage_collection_is_not_held_up()
    {
        // When the engine keeps signal 34 a collection takes 5 s.
        (int exitCode, string output, _) = await ProbeProcess.RunAsync("collections", Data);

        Assert.Equal(0, exitCode);
        Assert.InRange(long.Parse(output, CultureInfo.InvariantCulture), 0, 1500);
    }

    [Fact]
    public async Task Signal_handlers_are_the_runtimes_own_after_inserts_and_queries() =>
        Assert.Equal((0, "same", ""), await ProbeProcess.RunAsync("signals", Data));

    [Fact]
    public async Task Second_process_on_a_directory_is_told_who_holds_it()
    {
        using ProbeProcess holder = ProbeProcess.Start("wait", Data);
        Assert.Equal("ready", await holder.ReadLineAsync());

        (int exitCode, string output, _) = await ProbeProcess.RunAsync("count", Data);

        Assert.Equal(3, exitCode);
        Assert.StartsWith("ClickHouseException: ", output, StringComparison.Ordinal);
        Assert.Contains($"{Data} is in use by another process (PID: {holder.Id})", output, StringComparison.Ordinal);
        holder.Signal("TERM");
        Assert.Equal(143, (await holder.EndAsync()).ExitCode);
        await AssertStoredAsync(Stored, Data);
    }

    [Fact]
    public async Task Token_is_remembered_over_a_restart()
    {
        Assert.Equal((0, "1\t1", ""), await ProbeProcess.RunAsync("token", Data));
        Assert.Equal((0, "1\t1", ""), await ProbeProcess.RunAsync("token", Data));
    }

    [Fact]
    public async Task Statement_that_does_not_end_does_not_keep_the_process_from_ending()
    {
        (int exitCode, _, _) = await ProbeProcess.RunAsync("hang", Data);

        Assert.Equal(6, exitCode);
        await AssertStoredAsync(Stored, Data);
    }

    [Fact]
    public async Task Engine_disposed_under_a_running_query_ends_it_with_an_error_and_no_crash()
    {
        Assert.Equal((0, "ObjectDisposedException", ""), await ProbeProcess.RunAsync("dispose-in-query", Data));
        await AssertStoredAsync(Stored, Data);
    }

    [Fact]
    public async Task Engine_opens_again_after_it_was_disposed() => Assert.Equal((0, Stored, ""), await ProbeProcess.RunAsync("reopen", Data));

    [Fact]
    public async Task Directory_that_cannot_be_opened_is_named()
    {
        await File.WriteAllTextAsync(Data, "a file, not a directory");

        (int exitCode, string output, _) = await ProbeProcess.RunAsync("count", Data);

        Assert.Equal(3, exitCode);
        Assert.Contains(Data, output, StringComparison.Ordinal);
    }

    private static async Task AssertStoredAsync(string expected, string data) => Assert.Equal((0, expected, ""), await ProbeProcess.RunAsync("count", data));
}
