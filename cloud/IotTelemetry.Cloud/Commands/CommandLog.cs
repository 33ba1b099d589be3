namespace IotTelemetry.Cloud.Commands;

/// <summary>What the room of commands says; event ids 700 to 709.</summary>
internal static partial class CommandLog
{
    [LoggerMessage(700, LogLevel.Information, "Command {Id} to {Asset}: {Stage} {Code} by {Actor}{Late}")]
    public static partial void Moved(ILogger logger, Guid id, string asset, string stage, string code, string actor, string late);

    [LoggerMessage(701, LogLevel.Warning, "Command {Id}: its {Phase} could not be handed to the broker for gateway {Gateway}; it is not sent again, and its gateway is asked later what became of it")]
    public static partial void NotSent(ILogger logger, Guid id, string gateway, string phase, Exception exception);

    [LoggerMessage(702, LogLevel.Warning, "Gateway {Gateway} answers command {Id} with {State}, and was not asked")]
    public static partial void AnswerToNothing(ILogger logger, string gateway, Guid id, string state);

    [LoggerMessage(703, LogLevel.Warning, "Command {Id} was under way on {Asset} at the stop beside command {Other}; both are followed to their ends")]
    public static partial void TwoOnAnAsset(ILogger logger, Guid id, string asset, Guid other);

    [LoggerMessage(704, LogLevel.Warning, "A result of {Gateway} (client {Client}) is refused: {Reason}: {Detail}")]
    public static partial void ResultRefused(ILogger logger, string gateway, string client, string reason, string detail);

    [LoggerMessage(705, LogLevel.Error, "The answer of gateway {Gateway} to command {Id} could not be taken; the gateway says it again")]
    public static partial void ResultNotTaken(ILogger logger, string gateway, Guid id, Exception exception);

    [LoggerMessage(706, LogLevel.Information, "Commands: {Open} under way at the last stop are taken up, {Waiting} of bulks go on waiting for their turn")]
    public static partial void Restored(ILogger logger, int open, int waiting);

    [LoggerMessage(707, LogLevel.Error, "What follows a status of gateway {Gateway} failed")]
    public static partial void StatusNotFollowed(ILogger logger, string gateway, Exception exception);
}
