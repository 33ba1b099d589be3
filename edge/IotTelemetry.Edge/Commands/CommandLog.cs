using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>What command handling says; event ids 1300 to 1399.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(1300, LogLevel.Warning, "A message on the topic command cannot be read and is passed over: {Problem}")]
    public static partial void Unreadable(ILogger logger, string problem);

    [LoggerMessage(1301, LogLevel.Information, "Command {Id} {Phase} {Asset}/{Point} = {Value} by {Author}: {State} ({Code})")]
    public static partial void Handled(
        ILogger logger, Guid id, CommandPhase phase, string asset, string point, string value, string author, CommandState state, CommandCode code);

    [LoggerMessage(1302, LogLevel.Error, "Command {Id} could not be carried out")]
    public static partial void Failed(ILogger logger, Exception exception, Guid id);

    [LoggerMessage(1303, LogLevel.Warning, "{Lines} lines of the command journal {Path} could not be read")]
    public static partial void JournalDamaged(ILogger logger, int lines, string path);
}
