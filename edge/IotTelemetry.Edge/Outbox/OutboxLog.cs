using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Outbox;

/// <summary>What the outbox says; event ids 1000 to 1099.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(1000, LogLevel.Warning, "The ledger of the outbox in {Directory} cannot be read ({Problem}); counters of drained epochs are lost, and stored frames may be sent again")]
    public static partial void LedgerUnreadable(ILogger logger, string directory, string problem);

    [LoggerMessage(1001, LogLevel.Warning, "{Bytes} bytes in {Path} belong to no whole frame and are passed over")]
    public static partial void DamageFound(ILogger logger, string path, long bytes);

    [LoggerMessage(1002, LogLevel.Information, "A new epoch begins because {Reason}; epoch {Epoch} drains with {Pending} frames")]
    public static partial void EpochBegins(ILogger logger, string reason, ulong epoch, ulong pending);

    [LoggerMessage(1003, LogLevel.Information, "Epoch {Epoch} is drained: all frames up to {LastSeq} with {Readings} readings are confirmed or dropped")]
    public static partial void EpochDrained(ILogger logger, ulong epoch, ulong lastSeq, ulong readings);

    [LoggerMessage(1004, LogLevel.Error, "Dropped frames {FirstSeq} to {LastSeq} of epoch {Epoch} with {Readings} readings: {Reason}")]
    public static partial void FramesDropped(ILogger logger, string reason, ulong epoch, ulong firstSeq, ulong lastSeq, ulong readings);

    [LoggerMessage(1005, LogLevel.Error, "Could not append to the outbox in {Directory}; older frames make room if there are any")]
    public static partial void AppendFailed(ILogger logger, Exception exception, string directory);

    [LoggerMessage(1006, LogLevel.Error, "Could not force the outbox in {Directory} to the disk; trying again")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception, string directory);

    [LoggerMessage(1007, LogLevel.Error, "The disk of the outbox in {Directory} is read-only: what waits is sent, new frames are refused and counted")]
    public static partial void ReadOnly(ILogger logger, string directory);
}
