using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Lockouts;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Where commands are asked for, taken back, answered by their gateways, and taken up again after a restart. Thread-safe.</summary>
internal sealed class CommandDesk(
    CommandCheck check,
    CommandBook book,
    CommandDriver driver,
    CommandArchive archive,
    IdempotencyKeys keys,
    LockoutBook lockouts,
    GatewayRoll roll,
    CommandOptions options,
    TimeProvider time,
    ILogger<CommandDesk> logger)
{
    // What the store may take beyond the time at which a recorded command is not sent any more.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>Asks for a command. Completes when it is recorded and said to its gateway, waits for it, or is refused.</summary>
    public async Task<CommandOutcome> RequestAsync(CommandOrder order)
    {
        if (check.Check(order, time.GetUtcNow(), bulk: null, out CommandOutcome.Invalid? invalid) is not { } request)
        {
            return invalid!;
        }

        IdempotencyKeys.Entry entry = keys.Claim(order.IdempotencyKey, order.Fingerprint, request.Id);
        if (entry.Id != request.Id)
        {
            return entry.Fingerprint != order.Fingerprint ? new CommandOutcome.KeyReused()
                : await FindAsync(entry.Id, CancellationToken.None) is { } earlier ? new CommandOutcome.Taken(earlier, IsRepeat: true)
                : new CommandOutcome.KeyReused();
        }

        TrackedCommand command = new(request, []);
        try
        {
            (CommandTrigger Trigger, CommandEvidence Evidence) first = Admit(command);
            await driver.RecordAsync(command, first).WaitAsync(options.StoreTimeout + Margin, time);
            await LookAgainAsync(command, first.Trigger);
        }
        catch (TimeoutException)
        {
            keys.Release(order.IdempotencyKey, entry);
            return new CommandOutcome.NotRecorded(command);
        }

        return command.Stage == CommandStage.Rejected ? new CommandOutcome.Refused(command)
            : command.History is [_, { Stage: CommandStage.Expired, Evidence.Actor: CommandEvidence.Cloud }, ..] ? new CommandOutcome.NotRecorded(command)
            : new CommandOutcome.Taken(command);
    }

    /// <summary>A command; null when neither memory nor the store knows it.</summary>
    public async ValueTask<TrackedCommand?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        book.Find(id) ?? (await archive.FindAsync(id, cancellationToken) is { } stored ? book.Recall(stored) : null);

    /// <summary>Takes a command back. Where the output may have been asked to move already, the gateway is asked and decides.</summary>
    /// <returns>False when it is too late.</returns>
    public Task<bool> CancelAsync(TrackedCommand command, string author, string reason, string code = CloudCode.Cancelled) =>
        driver.AdvanceAsync(command, (CommandTrigger.Cancel, new CommandEvidence { Actor = author, Code = code, Detail = reason }));

    /// <summary>Takes a gateway's answer; completes when what follows is recorded.</summary>
    /// <returns>False when the answer is to nothing that this gateway was asked.</returns>
    public async Task<bool> AnswerAsync(GatewayId gateway, CommandResult result, CancellationToken cancellationToken)
    {
        (Guid id, int sending) = SendingId.Parse(result.Id);
        if (await FindAsync(id, cancellationToken) is not { } command || command.Request.Gateway != gateway || sending > command.Sending)
        {
            CommandLog.AnswerToNothing(logger, gateway.ToString(), result.Id, result.State.ToString());
            return false;
        }

        if (CommandMessages.TriggerOf(result) is { } trigger && IsOfNow(command, sending, trigger))
        {
            bool isLost = IsProofOfLoss(command, trigger);
            await driver.AnswerAsync(command, isLost ? CommandTrigger.Unreached : trigger, isLost ? Lost(gateway, result) : Said(gateway, command, result));
            await ContinueAsync(command);
        }

        return true;
    }

    /// <summary>A gateway has come back: whatever it was asked and has not answered is asked about, as <see cref="CommandTransitions"/> allows.</summary>
    public Task ResumeAsync(GatewayId gateway) => Task.WhenAll(book.All.Where(command => command.Request.Gateway == gateway && !command.Stage.IsFinal()).Select(ResumeAsync));

    /// <summary>A gateway is there: what waits for it goes on.</summary>
    /// <returns>The commands of bulks that wait for it: they go on at their bulk's rate.</returns>
    public async Task<IReadOnlyList<TrackedCommand>> SendWaitingAsync(GatewayId gateway)
    {
        ILookup<bool, TrackedCommand> waiting = book.WaitingFor(gateway).ToLookup(command => command.Request.Bulk is not null);
        await Task.WhenAll(waiting[false].Select(ContinueAsync));
        return [.. waiting[true]];
    }

    /// <summary>Somebody holds an asset now: what has not been asked to move yet is not.</summary>
    public async Task LockedAsync(AssetId asset)
    {
        if (book.HolderOf(asset) is { } command && lockouts.Objection(asset) is { } objection)
        {
            await driver.AdvanceAsync(command, (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(CommandCode.Lockout), objection)));
        }
    }

    /// <summary>Begins a command of a bulk, or sends what waited.</summary>
    public async Task StartAsync(TrackedCommand command)
    {
        (CommandTrigger Trigger, CommandEvidence Evidence) first = Admit(command);
        await driver.AdvanceAsync(command, first);
        await LookAgainAsync(command, first.Trigger);
    }

    /// <summary>Reads what was under way when the service stopped; call before anything else.</summary>
    /// <returns>Commands of bulks that were not begun.</returns>
    public async Task<IReadOnlyList<TrackedCommand>> RestoreAsync(CancellationToken cancellationToken)
    {
        List<TrackedCommand> notBegun = [];
        foreach (TrackedCommand command in await archive.RecentAsync(cancellationToken))
        {
            keys.Claim(command.Request.IdempotencyKey, command.Request.Fingerprint, command.Request.Bulk?.Id ?? command.Request.Id);
            if (command.Stage.IsFinal())
            {
                continue;
            }

            driver.Restore(command);
            if (command.Stage == CommandStage.Requested && command.Request.Bulk is not null)
            {
                notBegun.Add(command);
            }
            else if (!book.TryHold(command, out TrackedCommand? holder))
            {
                CommandLog.TwoOnAnAsset(logger, command.Request.Id, command.Request.Asset.ToString(), holder.Request.Id);
            }
        }

        return notBegun;
    }

    private async Task ResumeAsync(TrackedCommand command)
    {
        if (command.Stage == CommandStage.Requested && command.Request.Bulk is null)
        {
            await StartAsync(command);
        }
        else if (command.Stage != CommandStage.Waiting)
        {
            await driver.AdvanceAsync(command, (CommandTrigger.Resume, CommandEvidence.ByCloud()));
            await ContinueAsync(command);
        }
    }

    // From selected on to operate, and from waiting to the next sending, unless something has come in the way since.
    private async Task ContinueAsync(TrackedCommand command)
    {
        if (command.Stage == CommandStage.Waiting)
        {
            await StartAsync(command);
        }
        else if (command.Stage == CommandStage.Selected)
        {
            await driver.AdvanceAsync(command, lockouts.Objection(command.Request.Asset) is { } objection
                ? (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(CommandCode.Lockout), objection))
                : (CommandTrigger.Operate, CommandEvidence.ByCloud()));
        }
    }

    // Its gateway may have come back while the row that says it waits was being stored, and found nothing that waits.
    private async Task LookAgainAsync(TrackedCommand command, CommandTrigger first)
    {
        if (first == CommandTrigger.Hold && command.Stage == CommandStage.Waiting && !roll.IsAway(command.Request.Gateway))
        {
            await driver.AdvanceAsync(command, Admit(command));
        }
    }

    private (CommandTrigger Trigger, CommandEvidence Evidence) Admit(TrackedCommand command)
    {
        CommandRequest request = command.Request;
        if (lockouts.Objection(request.Asset) is { } locked)
        {
            return Refuse(CommandCode.Lockout, locked);
        }

        if (check.GuardFault(request) is { } unexpected)
        {
            return Refuse(CommandCode.UnexpectedValue, unexpected);
        }

        return book.TryHold(command, out TrackedCommand? holder)
            ? Begin(command)
            : Refuse(CommandCode.Busy, $"Command {holder.Request.Id} by {holder.Request.Author} has {request.Asset}: {holder.Request.Point} = {holder.Request.Value}, {StageName.Of(holder.Stage)}.");
    }

    private (CommandTrigger Trigger, CommandEvidence Evidence) Begin(TrackedCommand command) =>
        roll.IsAway(command.Request.Gateway) || command.Sending > SendingId.Last
            ? (CommandTrigger.Hold, CommandEvidence.ByCloud(CloudCode.GatewayAway, $"Gateway {command.Request.Gateway} is away. It is sent when the gateway is back."))
            : (command.Request.SelectFirst ? CommandTrigger.StartSelect : CommandTrigger.StartDirect, CommandEvidence.ByCloud());

    // What a gateway says of an earlier sending says nothing of this one, unless the output moved.
    private static bool IsOfNow(TrackedCommand command, int sending, CommandTrigger trigger) =>
        sending == command.Sending || trigger is CommandTrigger.Executed or CommandTrigger.ExecutedUnwatched or CommandTrigger.Verified;

    // Asked, it does not know the command, and now never carries that sending out; and there is time left for another one.
    private bool IsProofOfLoss(TrackedCommand command, CommandTrigger trigger) => trigger == CommandTrigger.Expired && command is { Stage: CommandStage.Sent, IsAsked: true } && driver.IsAlive(command);

    // A gateway whose clock is ahead takes every command for expired; nobody should have to guess why.
    private CommandEvidence Said(GatewayId gateway, TrackedCommand command, CommandResult result)
    {
        CommandEvidence said = CommandEvidence.By(gateway, result);
        TimeSpan ahead = DateTimeOffset.FromUnixTimeMilliseconds(result.AtMs) - time.GetUtcNow();
        return result.State == CommandState.Expired && driver.IsAlive(command) && said.GatewayAt >= command.ExpiresAt
            ? said with { Detail = $"The gateway's clock is {ClockSighting.Span(ahead)} ahead of the service's, and by it the command's time has passed. {said.Detail}".TrimEnd() }
            : said;
    }

    private static CommandEvidence Lost(GatewayId gateway, CommandResult result) =>
        CommandEvidence.By(gateway, result) with { Code = CloudCode.NotReceived, Detail = "The gateway has not received it, and will not carry it out if it comes late. It is sent anew." };

    private static (CommandTrigger Trigger, CommandEvidence Evidence) Refuse(CommandCode code, string detail) => (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(code), detail));
}
