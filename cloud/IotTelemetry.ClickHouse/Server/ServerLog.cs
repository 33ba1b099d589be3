using Microsoft.Extensions.Logging;

namespace IotTelemetry.ClickHouse.Server;

/// <summary>Log lines of the server engine; event ids 7020 to 7039.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(7020, LogLevel.Warning, "ClickHouse attempt {Attempt} of {Attempts} in {Delay}: {Reason}")]
    public static partial void Retrying(ILogger logger, int attempt, int attempts, TimeSpan delay, string reason);

    [LoggerMessage(7021, LogLevel.Warning, "ClickHouse replica {Endpoint} is left out for a while: {Reason}")]
    public static partial void ReplicaFailed(ILogger logger, Uri endpoint, string reason);

    [LoggerMessage(7022, LogLevel.Debug, "ClickHouse replica {Endpoint} was not told to end query {QueryId}: {Reason}")]
    public static partial void NotKilled(ILogger logger, Uri endpoint, string queryId, string reason);
}
