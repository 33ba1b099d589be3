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
    CommandOptions options,
    TimeProvider time,
    ILogger<CommandDesk> logger)
{
    // What the store may take beyond the time at which a recorded command is not sent any more.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <summary>Asks for a command. Completes when it is recorded and said to its gateway, or refused.</summary>
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
            await driver.RecordAsync(command, Admit(command)).WaitAsync(options.StoreTimeout + Margin, time);
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
        if (await FindAsync(result.Id, cancellationToken) is not { } command || command.Request.Gateway != gateway)
        {
            CommandLog.AnswerToNothing(logger, gateway.ToString(), result.Id, result.State.ToString());
            return false;
        }

        if (CommandMessages.TriggerOf(result) is { } trigger && await driver.AdvanceAsync(command, (trigger, CommandEvidence.By(gateway, result))))
        {
            await ContinueAsync(command);
        }

        return true;
    }

    /// <summary>A gateway has come back: whatever it was asked and has not answered is asked again, as <see cref="CommandTransitions"/> allows.</summary>
    public Task ResumeAsync(GatewayId gateway) => Task.WhenAll(book.All.Where(command => command.Request.Gateway == gateway && !command.Stage.IsFinal()).Select(ResumeAsync));

    /// <summary>Somebody holds an asset now: what has not been asked to move yet is not.</summary>
    public async Task LockedAsync(AssetId asset)
    {
        if (book.HolderOf(asset) is { } command && lockouts.Objection(asset) is { } objection)
        {
            await driver.AdvanceAsync(command, (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(CommandCode.Lockout), objection)));
        }
    }

    /// <summary>Begins a command of a bulk.</summary>
    public Task StartAsync(TrackedCommand command) => driver.AdvanceAsync(command, Admit(command));

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

    /// <summary>Goes on with what <see cref="RestoreAsync"/> read, once gateways can be spoken to.</summary>
    public Task ResumeAllAsync() => Task.WhenAll(book.All.Where(command => !command.Stage.IsFinal() && !(command.Stage == CommandStage.Requested && command.Request.Bulk is not null)).Select(ResumeAsync));

    private async Task ResumeAsync(TrackedCommand command)
    {
        if (command.Stage == CommandStage.Requested && command.Request.Bulk is null)
        {
            await StartAsync(command);
        }
        else
        {
            await driver.AdvanceAsync(command, (CommandTrigger.Resume, CommandEvidence.ByCloud()));
            await ContinueAsync(command);
        }
    }

    // From selected on to operate, unless something has come in the way since.
    private async Task ContinueAsync(TrackedCommand command)
    {
        if (command.Stage == CommandStage.Selected)
        {
            await driver.AdvanceAsync(command, lockouts.Objection(command.Request.Asset) is { } objection
                ? (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(CommandCode.Lockout), objection))
                : (CommandTrigger.Operate, CommandEvidence.ByCloud()));
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
            ? (request.SelectFirst ? CommandTrigger.StartSelect : CommandTrigger.StartDirect, CommandEvidence.ByCloud())
            : Refuse(CommandCode.Busy, $"Command {holder.Request.Id} by {holder.Request.Author} has {request.Asset}: {holder.Request.Point} = {holder.Request.Value}, {StageName.Of(holder.Stage)}.");
    }

    private static (CommandTrigger Trigger, CommandEvidence Evidence) Refuse(CommandCode code, string detail) => (CommandTrigger.Refuse, CommandEvidence.ByCloud(CodeName.Of(code), detail));
}
