using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>Counts what was logged as an error, and keeps the first.</summary>
internal sealed class CountingLogger : ILoggerProvider, ILogger
{
    private int _errors;

    public int Errors => _errors;

    public string? First { get; private set; }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Interlocked.Increment(ref _errors);
            First ??= $"{formatter(state, exception)} {exception}";
        }
    }

    public void Dispose()
    {
    }
}
