using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Supervision;

/// <summary>What is said about running unattended; event ids 1650 to 1699.</summary>
internal static partial class CaretakerLog
{
    [LoggerMessage(1650, LogLevel.Critical, "The {Loop} loop has been stuck for {Seconds:F0} s; the watchdogs are no longer told that the agent lives")]
    public static partial void Stuck(ILogger logger, string loop, double seconds);

    [LoggerMessage(1651, LogLevel.Warning, "All loops go round again")]
    public static partial void Recovered(ILogger logger);

    [LoggerMessage(1652, LogLevel.Information, "{Device} resets this machine when it does not hear from the agent for {Seconds:F0} s")]
    public static partial void WatchdogOpened(ILogger logger, string device, double seconds);

    [LoggerMessage(1653, LogLevel.Error, "{Device} does not watch the agent: {Problem}; tried again every {Seconds:F0} s")]
    public static partial void WatchdogFailed(ILogger logger, string device, string problem, double seconds);

    [LoggerMessage(1656, LogLevel.Error, "{Device} could not be told that the agent ends in order and may reset this machine: {Problem}")]
    public static partial void DisarmFailed(ILogger logger, string device, string problem);

    [LoggerMessage(1654, LogLevel.Warning, "The service manager did not hear '{State}': {Problem}")]
    public static partial void NotifyFailed(ILogger logger, string state, string problem);

    [LoggerMessage(1655, LogLevel.Warning, "NOTIFY_SOCKET is '{Socket}', neither a path nor an abstract socket (@...): the service manager is not told anything")]
    public static partial void NotifyImpossible(ILogger logger, string socket);
}
