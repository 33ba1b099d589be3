using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Control;

/// <summary>What the control socket says; event ids 1370 to 1379.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(1370, LogLevel.Warning, "There is no control socket at {Path}, so iot-edge set does not reach this agent: {Problem}")]
    public static partial void NoSocket(ILogger logger, string path, string problem);

    [LoggerMessage(1371, LogLevel.Information, "A connection to the control socket ended early: {Problem}")]
    public static partial void Failed(ILogger logger, string problem);

    [LoggerMessage(1373, LogLevel.Warning, "The control socket cannot take connections just now and goes on trying: {Problem}")]
    public static partial void NotAccepted(ILogger logger, string problem);

    [LoggerMessage(1372, LogLevel.Critical, "A defect ended the answer to a request over the control socket")]
    public static partial void Defect(ILogger logger, Exception exception);
}
