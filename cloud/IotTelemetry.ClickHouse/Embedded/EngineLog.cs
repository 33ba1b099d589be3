using Microsoft.Extensions.Logging;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>Log lines of the embedded engine; event ids 7000 to 7019.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(7000, LogLevel.Information, "Embedded ClickHouse open on {DataDirectory}, at most {MemoryBytes} bytes of memory")]
    public static partial void Opened(ILogger logger, string dataDirectory, long memoryBytes);

    [LoggerMessage(7001, LogLevel.Information, "Embedded ClickHouse closed on {DataDirectory}")]
    public static partial void Closed(ILogger logger, string dataDirectory);

    [LoggerMessage(7002, LogLevel.Error, "Embedded ClickHouse on {DataDirectory} did not close within {Timeout}: a statement does not end")]
    public static partial void NotClosed(ILogger logger, string dataDirectory, TimeSpan timeout);

    [LoggerMessage(7003, LogLevel.Debug, "Embedded ClickHouse connection {Connection} is replaced: {Reason}")]
    public static partial void ConnectionReplaced(ILogger logger, string connection, string reason);
}
