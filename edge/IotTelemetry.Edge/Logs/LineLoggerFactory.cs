using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Logs;

/// <summary>Loggers that write one line a message; from <see cref="LogLevel.Information"/> on. Thread-safe.</summary>
internal sealed class LineLoggerFactory(LogOutput output, TimeProvider time) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, output, time);

    /// <summary>There is one way a line goes, and it is given at the start.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the agent's log takes no providers");

    public void Dispose() => output.Dispose();
}
