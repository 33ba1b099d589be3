using System.Globalization;
using IotTelemetry.Cloud.Door.Answers;
using Serilog;
using Serilog.Events;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Where the service's log goes: standard error, because standard output is for results, and a daily file when asked.</summary>
internal static class Logs
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static Serilog.Core.Logger Create(string? logFile)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Filter.ByExcluding(entry => entry.Exception is AnswerBrokenException)
            .WriteTo.Console(outputTemplate: Template, standardErrorFromLevel: LevelAlias.Minimum, formatProvider: CultureInfo.InvariantCulture);
        if (logFile is not null)
        {
            configuration.WriteTo.File(
                logFile, outputTemplate: Template, rollingInterval: RollingInterval.Day, retainedFileCountLimit: 14, formatProvider: CultureInfo.InvariantCulture);
        }

        return configuration.CreateLogger();
    }
}
