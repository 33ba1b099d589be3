using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Mqtt.Tests;

internal sealed class RecordingLog : ILogger
{
    public ConcurrentQueue<(LogLevel Level, int Id, Exception? Exception)> Entries { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, eventId.Id, exception));
}
