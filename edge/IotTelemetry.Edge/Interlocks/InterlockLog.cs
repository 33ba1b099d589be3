using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>What interlocks say; event ids 1340 to 1369.</summary>
internal static partial class InterlockLog
{
    [LoggerMessage(1340, LogLevel.Information, "Lockouts of revision {Revision} are in force: {Count}")]
    public static partial void LockoutsApplied(ILogger logger, long revision, int count);

    [LoggerMessage(1341, LogLevel.Warning, "A message on the topic lockouts cannot be read and is passed over: {Problem}")]
    public static partial void LockoutsUnreadable(ILogger logger, string problem);

    [LoggerMessage(1342, LogLevel.Error, "Lockouts of revision {Revision} are in force but could not be written to the disk")]
    public static partial void LockoutsNotStored(ILogger logger, Exception exception, long revision);

    [LoggerMessage(1343, LogLevel.Critical, "The lockouts in {Path} cannot be read, so every asset is held until the cloud sends them again: {Problem}")]
    public static partial void LockoutsDamaged(ILogger logger, string path, string problem);
}
