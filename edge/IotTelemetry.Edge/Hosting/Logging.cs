using System.Globalization;
using IotTelemetry.Edge.Hosting.Verbs;
using Microsoft.Extensions.Logging;
using Serilog;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Where the agent's log goes: standard error, readable, and a daily rolling file when asked for.</summary>
internal static class Logging
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";
    private const long FileBytes = 10 * 1024 * 1024;
    private const int FilesKept = 7;

    /// <summary>The option of all verbs that log.</summary>
    public static VerbOption File { get; } = new("--log-file", "Also write the log to this file, a new one each day") { ValueName = "FILE" };

    /// <param name="file">The path of the log file, or null; the date is put before its extension.</param>
    public static ILoggerFactory Create(string? file)
    {
        // Standard output belongs to what a command prints.
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .WriteTo.Console(outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose);
        if (file is not null)
        {
            configuration = configuration.WriteTo.File(
                file,
                outputTemplate: Template,
                formatProvider: CultureInfo.InvariantCulture,
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                fileSizeLimitBytes: FileBytes,
                retainedFileCountLimit: FilesKept);
        }

        return new SerilogLoggerFactory(configuration.CreateLogger());
    }
}
