using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Framing;

/// <summary>What framing says; event ids 1200 to 1219.</summary>
internal static partial class FramingLog
{
    [LoggerMessage(1200, LogLevel.Error, "A frame with {Readings} readings is lost: the outbox could not take it")]
    public static partial void FrameLost(ILogger logger, Exception exception, int readings);
}
