using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>What the agent says of itself; event ids 1600 to 1699.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(1600, LogLevel.Information, "{Gateway} runs on {Board} with {Points} points in epoch {Epoch}, broker {Endpoint}")]
    public static partial void Started(ILogger logger, string gateway, string board, int points, ulong epoch, string endpoint);

    [LoggerMessage(1601, LogLevel.Information, "Stopped after {Readings} readings; {Depth} frames wait in the outbox (drained: {Drained})")]
    public static partial void Stopped(ILogger logger, long readings, ulong depth, bool drained);

    [LoggerMessage(1602, LogLevel.Critical, "The agent ends because of an error")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(1603, LogLevel.Error, "A birth kept in the outbox cannot be read and does not count: {Problem}")]
    public static partial void BirthUnreadable(ILogger logger, string problem);

    [LoggerMessage(1604, LogLevel.Information, "{File} has changed and is right; the agent goes on with it")]
    public static partial void Changed(ILogger logger, string file);

    [LoggerMessage(1605, LogLevel.Information, "{File} has not changed; the agent goes on as it was")]
    public static partial void Unchanged(ILogger logger, string file);

    [LoggerMessage(1606, LogLevel.Error, "The changed configuration is refused, the agent goes on with the old one: {Mistakes}")]
    public static partial void ChangeRefused(ILogger logger, string mistakes);

    [LoggerMessage(1607, LogLevel.Error, "The agent could not start with the changed {File} and goes on with the old one")]
    public static partial void ChangeFailed(ILogger logger, string file, Exception exception);
}
