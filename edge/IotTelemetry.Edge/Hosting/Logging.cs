using IotTelemetry.Edge.Logs;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Where the agent's log goes: standard error, readable, and a daily rolling file when asked for.</summary>
internal static class Logging
{
    private const long FileBytes = 10 * 1024 * 1024;
    private const int FilesKept = 7;

    /// <param name="file">The path of the log file, or null; the date is put before its extension.</param>
    public static ILoggerFactory Create(string? file)
    {
        // Standard output belongs to what a command prints. systemd sets JOURNAL_STREAM where standard error goes to the journal (systemd.exec(5)).
        var isJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        var output = new LogOutput(Console.OpenStandardError(), isJournal, file is null ? null : new RollingFile(file, FileBytes, FilesKept));
        return new LineLoggerFactory(output, TimeProvider.System);
    }
}
