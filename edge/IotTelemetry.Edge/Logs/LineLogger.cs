using System.Globalization;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Logs;

/// <summary>Writes <c>2026-11-20 08:15:00.000 WRN Category Message</c>, in local time, and an exception below it.</summary>
internal sealed class LineLogger(string category, LogOutput output, TimeProvider time) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and < LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var now = time.GetLocalNow();
        var message = formatter(state, exception);
        var text = $"{NameOf(logLevel)} {category} {message}{(exception is null ? "" : Environment.NewLine)}{exception}";
        output.Write(now, logLevel, text);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Information => "INF",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        LogLevel.Critical => "FTL",
        _ => level.ToString().ToUpper(CultureInfo.InvariantCulture),
    };
}
