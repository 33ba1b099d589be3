using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Tests;

/// <param name="onLine">Is given each line; null for nobody.</param>
internal sealed class RecordingLog(Action<string>? onLine = null) : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        Lines.Enqueue(line);
        onLine?.Invoke(line);
    }
}
