using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Loggers that write to Serilog, their category as its source context. Owns Serilog's logger. Thread-safe.</summary>
internal sealed class SerilogLoggerFactory(Serilog.Core.Logger serilog) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new SerilogLogger(serilog.ForContext(Serilog.Core.Constants.SourceContextPropertyName, categoryName));

    /// <exception cref="NotSupportedException">Always: where the log goes is Serilog's to say.</exception>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log goes where Serilog is told to write it, and to no provider beside.");

    public void Dispose() => serilog.Dispose();
}
