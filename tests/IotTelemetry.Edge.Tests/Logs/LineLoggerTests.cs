using System.Text;
using IotTelemetry.Edge.Logs;
using IotTelemetry.Hardware.Tests;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tests.Logs;

public sealed class LineLoggerTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 20, 8, 15, 0, TimeSpan.Zero));
    private readonly MemoryStream _error = new();

    private string Told => Encoding.UTF8.GetString(_error.ToArray());

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Line_has_time_level_category_and_message_and_what_is_below_information_is_left_out()
    {
        var log = Logger();
        Say(log, LogLevel.Debug, "unheard");
        Say(log, LogLevel.Information, "ready");
        Say(log, LogLevel.Warning, "careful");
        var now = _time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{now} INF Agent ready\n{now} WRN Agent careful\n", Told);
    }

    [Fact]
    public void Exception_stands_below_its_message()
    {
        Say(Logger(), LogLevel.Error, "failed", new IOException("no disk"));
        Assert.Contains("ERR Agent failed", Told, StringComparison.Ordinal);
        Assert.Contains("System.IO.IOException: no disk", Told, StringComparison.Ordinal);
    }

    [Fact]
    public void Journal_gets_the_level_of_every_line_and_no_time()
    {
        var log = Logger(isJournal: true);
        Say(log, LogLevel.Information, "ready");
        Say(log, LogLevel.Critical, "two\nlines");
        Assert.Equal("<6>INF Agent ready\n<2>FTL Agent two\n<2>lines\n", Told);
    }

    [Fact]
    public void File_begins_anew_each_day_and_when_it_is_full_and_the_oldest_go()
    {
        var log = Logger(file: new RollingFile(Path.Combine(_directory.Path, "edge.log"), maximumBytes: 40, kept: 3));
        Say(log, LogLevel.Information, "the first line of the first day");
        Say(log, LogLevel.Information, "the second line of the first day");
        Assert.Equal(2, Files().Length);
        _time.Advance(TimeSpan.FromDays(1));
        Say(log, LogLevel.Information, "the first line of the second day");
        _time.Advance(TimeSpan.FromDays(1));
        Say(log, LogLevel.Information, "the first line of the third day");
        var files = Files();
        Assert.Equal(3, files.Length);
        Assert.EndsWith("-01.log", files[0], StringComparison.Ordinal);
        Assert.Contains("third day", File.ReadAllText(files[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void File_of_an_agent_that_starts_again_is_written_on()
    {
        for (var run = 0; run < 2; run++)
        {
            using var file = new RollingFile(Path.Combine(_directory.Path, "edge.log"), maximumBytes: 1000, kept: 3);
            file.Write(_time.GetUtcNow(), "line\n"u8);
        }

        Assert.Equal("line\nline\n", File.ReadAllText(Assert.Single(Files())));
    }

    [Fact]
    public void File_that_cannot_be_written_is_told_once_and_stops_nothing()
    {
        var obstacle = Path.Combine(_directory.Path, "file");
        File.WriteAllText(obstacle, "");
        var log = Logger(file: new RollingFile(Path.Combine(obstacle, "edge.log"), 1000, 3));
        Say(log, LogLevel.Information, "one");
        Say(log, LogLevel.Information, "two");
        Assert.Equal(3, Told.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("the log file cannot be written", Told, StringComparison.Ordinal);
    }

    private static void Say(LineLogger log, LogLevel level, string text, Exception? exception = null) => log.Log(level, 0, text, exception, static (state, _) => state);

    private LineLogger Logger(bool isJournal = false, RollingFile? file = null) => new("Agent", new LogOutput(_error, isJournal, file), _time);

    private string[] Files() => [.. Directory.GetFiles(_directory.Path, "edge-*").Order(StringComparer.Ordinal)];
}
