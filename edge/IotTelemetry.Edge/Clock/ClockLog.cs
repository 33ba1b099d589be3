using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Clock;

/// <summary>What the clock says; event ids 1380 to 1399.</summary>
internal static partial class ClockLog
{
    [LoggerMessage(1380, LogLevel.Warning, "The machine's clock says {Now:u}, which cannot be; readings are stamped from {Instead:u} on until it is set")]
    public static partial void NotBelieved(ILogger logger, DateTimeOffset now, DateTimeOffset instead);

    [LoggerMessage(1381, LogLevel.Information, "The clock is {Quality}")]
    public static partial void Quality(ILogger logger, ClockQuality quality);

    [LoggerMessage(1382, LogLevel.Warning, "The clock was set by {Step} and says {Now:u}")]
    public static partial void Stepped(ILogger logger, TimeSpan step, DateTimeOffset now);

    [LoggerMessage(1383, LogLevel.Warning, "The clock could not be watched, and was looked at every few seconds instead: {Problem}")]
    public static partial void NotWatched(ILogger logger, string problem);

    [LoggerMessage(1384, LogLevel.Warning, "The time could not be remembered for the next run: {Problem}")]
    public static partial void NotMarked(ILogger logger, string problem);
}
