using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Sampling;

/// <summary>What sampling says; event ids 1220 to 1299.</summary>
internal static partial class SamplingLog
{
    [LoggerMessage(1220, LogLevel.Error, "The board {Board} failed; trying again in {Delay}")]
    public static partial void BoardFailed(ILogger logger, Exception? exception, string board, TimeSpan delay);

    [LoggerMessage(1221, LogLevel.Warning, "Cannot read {Point} of {Asset}; it is reported as bad and tried again ever more rarely")]
    public static partial void PointFailed(ILogger logger, Exception exception, string point, string asset);

    [LoggerMessage(1222, LogLevel.Information, "{Point} of {Asset} can be read again after {Failures} failures")]
    public static partial void PointRecovered(ILogger logger, string point, string asset, int failures);

    [LoggerMessage(1224, LogLevel.Warning, "{Point} of {Asset} has blocked for {Time}; from now on it is read apart from the others")]
    public static partial void PointSlow(ILogger logger, string point, string asset, TimeSpan time);

    [LoggerMessage(1225, LogLevel.Warning, "{Point} of {Asset} has not answered for {Time}; it is reported as bad until it does")]
    public static partial void PointHangs(ILogger logger, string point, string asset, TimeSpan time);

    [LoggerMessage(1226, LogLevel.Information, "Calibrating {Bay}: it has to be empty and quiet for {Time}")]
    public static partial void CalibrationBegins(ILogger logger, string bay, TimeSpan time);

    [LoggerMessage(1227, LogLevel.Information, "{Bay} is calibrated: empty it measures {Values}")]
    public static partial void Calibrated(ILogger logger, string bay, string values);

    [LoggerMessage(1228, LogLevel.Error, "The calibrations could not be written to {Path}; trying again with the next change")]
    public static partial void CalibrationNotSaved(ILogger logger, Exception exception, string path);

    [LoggerMessage(1229, LogLevel.Error, "The calibrations in {Path} cannot be read ({Problem}); the bays have to be calibrated again")]
    public static partial void CalibrationUnreadable(ILogger logger, string path, string problem);

    [LoggerMessage(1223, LogLevel.Warning, "The clock was set back to {Now:u}; a new epoch begins")]
    public static partial void ClockSetBack(ILogger logger, DateTimeOffset now);
}
