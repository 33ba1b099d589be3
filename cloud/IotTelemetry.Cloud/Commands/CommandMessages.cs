using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>The messages of a command. Only <c>lifeMs</c> differs from one sending to the next: a gateway takes all else for a repeat.</summary>
internal static class CommandMessages
{
    /// <summary>The phase that an effect speaks in.</summary>
    public static CommandPhase PhaseOf(CommandEffect effect, CommandRequest request) => effect switch
    {
        CommandEffect.SendDirect => CommandPhase.Direct,
        CommandEffect.SendSelect => CommandPhase.Select,
        CommandEffect.SendOperate => CommandPhase.Operate,
        CommandEffect.SendCancel => CommandPhase.Cancel,
        CommandEffect.Ask => request.SelectFirst ? CommandPhase.Operate : CommandPhase.Direct,
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, "nothing is said"),
    };

    /// <summary>A message of the command.</summary>
    /// <param name="command">The command; it has been begun.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="life">The life that is left.</param>
    /// <param name="sending">Which sending the message belongs to.</param>
    public static Command Of(TrackedCommand command, CommandPhase phase, TimeSpan life, int sending)
    {
        CommandRequest request = command.Request;
        long expiresMs = command.ExpiresAt.ToUnixTimeMilliseconds();
        return new Command
        {
            Id = SendingId.Of(request.Id, sending),
            Phase = phase,
            Asset = request.Asset.Name,
            Point = request.Point,
            Value = phase == CommandPhase.Cancel ? null : request.Value,
            Expected = phase == CommandPhase.Cancel ? null : request.Expected,
            Author = request.Author,
            Reason = request.Reason,
            IssuedMs = expiresMs - (long)request.Life.TotalMilliseconds,
            ExpiresMs = expiresMs,
            LifeMs = (long)life.TotalMilliseconds,
        };
    }

    /// <summary>What a result means to the command's life; null when it means nothing.</summary>
    public static CommandTrigger? TriggerOf(CommandResult result) => (result.Phase, result.State) switch
    {
        (_, CommandState.Cancelled) => CommandTrigger.Cancelled,
        (CommandPhase.Select, CommandState.Selected) => CommandTrigger.SelectDone,
        (CommandPhase.Select, CommandState.Rejected) => CommandTrigger.SelectRejected,
        (CommandPhase.Select, CommandState.Expired) => CommandTrigger.SelectExpired,
        (CommandPhase.Select, CommandState.Failed) => CommandTrigger.SelectFailed,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Accepted) => CommandTrigger.Accepted,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Executed) => result.IsFinal ? CommandTrigger.ExecutedUnwatched : CommandTrigger.Executed,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Verified) => CommandTrigger.Verified,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Rejected) => CommandTrigger.Rejected,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Expired) => CommandTrigger.Expired,
        (CommandPhase.Direct or CommandPhase.Operate, CommandState.Failed) => CommandTrigger.Failed,
        _ => null, // a select that was accepted, a cancel that came too late: the other answer decides
    };
}
