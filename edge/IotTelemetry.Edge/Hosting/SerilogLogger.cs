using Microsoft.Extensions.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace IotTelemetry.Edge.Hosting;

/// <summary>
/// Hands messages of one category on to Serilog. Every generated log method has a state of a type of its own, and Serilog.Extensions.Logging is made anew for each of them by the native compiler: fifty times 2.5 KB.
/// Here only the few lines that make the state an object are. Thread-safe.
/// </summary>
internal sealed class SerilogLogger(Serilog.ILogger serilog) : ILogger
{
    // As Microsoft.Extensions.Logging names the template among the values of a message.
    private const string OriginalFormat = "{OriginalFormat}";

    private static readonly MessageTemplateParser Parser = new();

    /// <summary>Nobody here opens scopes.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && serilog.IsEnabled(SeverityOf(logLevel));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Write(SeverityOf(logLevel), state, exception);
        }
    }

    private void Write(LogEventLevel severity, object? state, Exception? exception)
    {
        var template = MessageTemplate.Empty;
        var properties = new List<LogEventProperty>();
        foreach (var (name, value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [new(OriginalFormat, state?.ToString())])
        {
            if (name == OriginalFormat)
            {
                template = Parser.Parse((string?)value ?? "");
            }
            else if (serilog.BindProperty(name, value, destructureObjects: false, out var property))
            {
                properties.Add(property);
            }
        }

        serilog.Write(new LogEvent(DateTimeOffset.Now, severity, exception, template, properties));
    }

    private static LogEventLevel SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
