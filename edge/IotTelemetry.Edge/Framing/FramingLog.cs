using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Framing;

/// <summary>What framing says; event ids 1200 to 1219.</summary>
internal static partial class FramingLog
{
    [LoggerMessage(1200, LogLevel.Error, "A frame with {Readings} readings is lost, the outbox could not take it: {Problem}; further ones are counted until it can")]
    public static partial void FrameLost(ILogger logger, int readings, string problem);

    [LoggerMessage(1201, LogLevel.Warning, "The outbox takes frames again; {Readings} readings were lost")]
    public static partial void FramesTaken(ILogger logger, long readings);
}
