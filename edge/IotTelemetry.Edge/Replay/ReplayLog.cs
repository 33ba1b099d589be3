using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Replay;

/// <summary>What a replay says; event ids 1400 to 1499.</summary>
internal static partial class ReplayLog
{
    [LoggerMessage(1400, LogLevel.Warning, "{File} line {Line} is skipped: {Problem}")]
    public static partial void BadRow(ILogger logger, string file, long line, string problem);

    [LoggerMessage(1401, LogLevel.Warning, "{File} has more than {Count} bad rows; the others are counted and not listed")]
    public static partial void ManyBadRows(ILogger logger, string file, int count);

    [LoggerMessage(1402, LogLevel.Warning, "{File} line {Line} is skipped: {What} was read already, and a point has one reading per millisecond")]
    public static partial void RepeatedRow(ILogger logger, string file, long line, string what);

    [LoggerMessage(1404, LogLevel.Information, "{Readings} readings of this file are in the outbox or stored already; going on behind them")]
    public static partial void Resumed(ILogger logger, long readings);

    [LoggerMessage(1403, LogLevel.Information, "Replaying {File} as {Gateway}: {Assets} assets, {Points} points")]
    public static partial void Started(ILogger logger, string file, string gateway, int assets, int points);
}
