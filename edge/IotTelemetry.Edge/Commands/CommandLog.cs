using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>What command handling says; event ids 1300 to 1339.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(1300, LogLevel.Warning, "A message on the topic command cannot be read and is passed over: {Problem}")]
    public static partial void Unreadable(ILogger logger, string problem);

    [LoggerMessage(1301, LogLevel.Information, "Command {Id} {Phase} {Asset}/{Point} = {Value} by {Author}: {State} ({Code}) {Detail}")]
    public static partial void Handled(
        ILogger logger, Guid id, CommandPhase phase, string asset, string point, string value, string author, CommandState state, CommandCode code, string detail);

    [LoggerMessage(1302, LogLevel.Error, "Command {Id} could not be carried out")]
    public static partial void Failed(ILogger logger, Exception exception, Guid id);

    [LoggerMessage(1303, LogLevel.Warning, "{Lines} lines of the command journal {Path} could not be read")]
    public static partial void JournalDamaged(ILogger logger, int lines, string path);

    [LoggerMessage(1304, LogLevel.Warning, "Command {Id} was under way when the agent ended: {Detail}")]
    public static partial void Interrupted(ILogger logger, Guid id, string detail);

    [LoggerMessage(1305, LogLevel.Critical, "{Address} could not be switched off again after its feedback had not shown it on")]
    public static partial void NotReverted(ILogger logger, Exception exception, string address);

    [LoggerMessage(1306, LogLevel.Critical, "Fail-safe, {Reason}: {Points} points go to their values")]
    public static partial void FailSafe(ILogger logger, string reason, int points);

    [LoggerMessage(1307, LogLevel.Warning, "{Address} cannot go to its fail-safe value yet: {Code} {Detail}")]
    public static partial void FailSafeWaits(ILogger logger, string address, CommandCode code, string detail);

    [LoggerMessage(1309, LogLevel.Critical, "{Address} could not be set to its fail-safe value, and is tried again with growing pauses: {Problem}")]
    public static partial void FailSafeFailed(ILogger logger, string address, string problem);

    [LoggerMessage(1308, LogLevel.Critical, "A defect ended the handling of a command")]
    public static partial void Defect(ILogger logger, Exception exception);

    [LoggerMessage(1318, LogLevel.Error, "The command journal {Path} cannot be written: {Problem}; commands are refused until it can")]
    public static partial void JournalNotWritten(ILogger logger, string path, string problem);
}
