using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// Moves commands along <see cref="CommandTransitions"/>: looks up what follows, stores the row, and only then says something to the gateway and shows the new stage.
/// The only place that changes a command. Thread-safe.
/// </summary>
internal sealed class CommandDriver(
    CommandStore store, CommandBook book, CommandAgenda agenda, IGatewayLink link, CommandOptions options, TimeProvider time, ILogger<CommandDriver> logger)
{
    /// <summary>Called after every stored transition, in the order of the command's rows.</summary>
    public event Action<TrackedCommand>? Moved;

    /// <summary>Moves a command along its table, one trigger after another; all rows are stored together before the first word is said.</summary>
    /// <returns>False when the first trigger means nothing in the command's stage; nothing is stored or said then.</returns>
    /// <exception cref="OperationCanceledException">The service stops; whether the rows are stored is not known.</exception>
    public Task<bool> AdvanceAsync(TrackedCommand command, params (CommandTrigger Trigger, CommandEvidence Evidence)[] events) => MoveAsync(command, sayBy: long.MaxValue, events);

    /// <summary>
    /// Records a new command and what follows at once. When the store takes longer than <see cref="CommandOptions.StoreTimeout"/> the command is recorded and ended without a word to its
    /// gateway, since who asked for it was told that it failed.
    /// </summary>
    public async Task RecordAsync(TrackedCommand command, params (CommandTrigger Trigger, CommandEvidence Evidence)[] events)
    {
        command.ExpiryTimestamp = TimestampOf(command.ExpiresAt);
        book.Add(command);
        long sayBy = After(time.GetTimestamp(), options.StoreTimeout);
        await MoveAsync(command, sayBy, events);
        if (time.GetTimestamp() > sayBy)
        {
            CommandEvidence late = CommandEvidence.ByCloud(CodeName.Of(CommandCode.Expired), $"The store took longer than {options.StoreTimeout.TotalSeconds:F0} s: it was never sent.");
            await MoveAsync(command, sayBy, [(CommandTrigger.Expired, late)]);
            await MoveAsync(command, sayBy, [(CommandTrigger.GiveUp, late)]);
        }
    }

    /// <summary>Records new commands that begin later; their rows are stored together.</summary>
    public async Task RecordAsync(IReadOnlyList<TrackedCommand> commands)
    {
        List<(CommandRequest Request, IReadOnlyList<CommandTransition> Transitions)> rows = [.. commands.Select(command => (command.Request, (IReadOnlyList<CommandTransition>)[Requested(command)]))];
        await store.AppendAsync(rows);
        for (int i = 0; i < commands.Count; i++)
        {
            commands[i].ExpiryTimestamp = TimestampOf(commands[i].ExpiresAt);
            book.Add(commands[i]);
            Commit(commands[i], rows[i].Transitions);
        }
    }

    /// <summary>A command's deadline has come.</summary>
    public Task PassAsync(TrackedCommand command, CommandDeadline deadline) => AdvanceAsync(command, (deadline.Trigger, Silence(command, deadline.Trigger)));

    /// <summary>Takes up a command that was under way when the service stopped.</summary>
    public void Restore(TrackedCommand command)
    {
        command.ExpiryTimestamp = TimestampOf(command.ExpiresAt);
        book.Add(command);
        Schedule(command, asked: false);
    }

    private async Task<bool> MoveAsync(TrackedCommand command, long sayBy, (CommandTrigger Trigger, CommandEvidence Evidence)[] events)
    {
        await command.Turn.WaitAsync();
        try
        {
            (List<CommandTransition> transitions, List<CommandEffect> effects) = Plan(command, events);
            if (transitions.Count > 0)
            {
                await store.AppendAsync(command.Request, transitions);
                Commit(command, transitions);
            }

            foreach (CommandEffect effect in time.GetTimestamp() <= sayBy ? effects : [])
            {
                await SayAsync(command, effect);
            }

            return transitions.Count > 0 || effects.Count > 0;
        }
        finally
        {
            command.Turn.Release();
        }
    }

    private (List<CommandTransition> Transitions, List<CommandEffect> Effects) Plan(TrackedCommand command, (CommandTrigger Trigger, CommandEvidence Evidence)[] events)
    {
        DateTimeOffset now = Milliseconds(time.GetUtcNow());
        List<CommandTransition> transitions = [];
        List<CommandEffect> effects = [];
        CommandStage stage = command.Stage;
        DateTimeOffset expiresAt = command.ExpiresAt;
        if (command.History.Count == 0)
        {
            transitions.Add(Requested(command));
        }

        foreach ((CommandTrigger trigger, CommandEvidence evidence) in events)
        {
            if (CommandTransitions.Next(stage, trigger) is not { } step)
            {
                break;
            }

            // The life of a bulk's command begins when its turn has come.
            if (stage == CommandStage.Requested && command.Request.Bulk is not null && !step.Stage.IsFinal())
            {
                expiresAt = now + command.Request.Life;
                command.ExpiryTimestamp = TimestampOf(expiresAt);
            }

            // A person's wish is kept also where only the gateway can grant it.
            if (step.Stage != stage || trigger == CommandTrigger.Cancel)
            {
                transitions.Add(new CommandTransition(command.History.Count + transitions.Count + 1, now, step.Stage, expiresAt, evidence));
            }

            if (step.Effect != CommandEffect.None)
            {
                effects.Add(step.Effect);
            }

            bool asked = trigger == CommandTrigger.Due;
            stage = step.Stage;
            if (asked && !stage.IsFinal())
            {
                Schedule(command, asked: true);
            }
        }

        return (transitions, effects);
    }

    // Why a command ends by the clock, with what was seen of its point last.
    private CommandEvidence Silence(TrackedCommand command, CommandTrigger trigger)
    {
        CommandEvidence seen = command.History.Select(transition => transition.Evidence).LastOrDefault(evidence => evidence.Observed is not null);
        CommandEvidence why = trigger == CommandTrigger.Due
            ? CommandEvidence.ByCloud(CodeName.Of(CommandCode.Expired), "Its time had passed before the output was asked to move.")
            : command.Stage == CommandStage.Executed
                ? CommandEvidence.ByCloud(CodeName.Of(CommandCode.FeedbackTimeout), $"The output was set, and the gateway has not said within {options.VerifyTimeout.TotalSeconds:F0} s what the feedback shows.")
                : CommandEvidence.ByCloud(CloudCode.NoAnswer, "The gateway has not answered. It carries nothing out any more; whether it did in time, the asset's points tell.");
        return why with { Observed = seen.Observed, ObservedAt = seen.ObservedAt };
    }

    private static CommandTransition Requested(TrackedCommand command) =>
        new(1, command.Request.RequestedAt, CommandStage.Requested, command.ExpiresAt, new CommandEvidence { Actor = command.Request.Author });

    private void Commit(TrackedCommand command, IReadOnlyList<CommandTransition> transitions)
    {
        bool wasFinal = command.History.Count > 0 && command.Stage.IsFinal();
        command.Add(transitions);
        if (command.Stage.IsFinal())
        {
            command.Deadline = null;
            book.End(command);
        }
        else
        {
            Schedule(command, asked: false);
        }

        CommandTransition last = command.History[^1];
        CommandLog.Moved(
            logger, command.Request.Id, command.Request.Asset.ToString(), StageName.Of(last.Stage), last.Evidence.Code ?? "", last.Evidence.Actor, wasFinal ? " (late)" : "");
        Moved?.Invoke(command);
    }

    // Until the output is asked to move, and while its answer is due, time is the command's life; after it moved, the time its feedback may take.
    private void Schedule(TrackedCommand command, bool asked)
    {
        bool isExecuted = command.Stage == CommandStage.Executed;
        long due = isExecuted ? After(TimestampOf(command.History[^1].At), options.VerifyTimeout / 2) : command.ExpiryTimestamp;
        CommandDeadline deadline = asked
            ? new(After(Math.Max(due, time.GetTimestamp()), isExecuted ? options.VerifyTimeout / 2 : options.AnswerGrace), CommandTrigger.GiveUp)
            : new(due, CommandTrigger.Due);
        command.Deadline = deadline;
        agenda.Note(command, deadline);
    }

    private async ValueTask SayAsync(TrackedCommand command, CommandEffect effect)
    {
        CommandPhase phase = CommandMessages.PhaseOf(effect, command.Request);
        TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), command.ExpiryTimestamp);
        bool movesNothing = effect is CommandEffect.Ask or CommandEffect.SendCancel;
        TimeSpan life = effect == CommandEffect.Ask || left < TimeSpan.Zero ? TimeSpan.Zero : left;
        if (life == TimeSpan.Zero && !movesNothing)
        {
            return; // It expired while its row was being stored; its deadline ends it.
        }

        // A broker counts in whole seconds; the gateway's own check is exact.
        TimeSpan expiry = movesNothing ? options.VerifyTimeout : TimeSpan.FromSeconds(Math.Ceiling(life.TotalSeconds));
        using CancellationTokenSource tooLate = new(expiry, time);
        try
        {
            MqttMessage message = new()
            {
                Topic = new GatewayTopics(command.Request.Gateway).Command,
                Payload = CommandMessages.Of(command, phase, life).Encode(),
                PayloadIsUtf8 = true,
                QualityOfService = MqttQualityOfService.AtLeastOnce,
                MessageExpiry = expiry,
            };
            await link.SendAsync(command.Request.Gateway, message, tooLate.Token);
        }
        catch (Exception failure) when (failure is GatewayLinkException || tooLate.IsCancellationRequested)
        {
            // Whether the broker has it is not known. It is never sent again: at its expiry the gateway is asked what became of it.
            CommandLog.NotSent(logger, command.Request.Id, command.Request.Gateway.ToString(), phase.ToString(), failure);
        }
    }

    private long TimestampOf(DateTimeOffset moment) => After(time.GetTimestamp(), moment - time.GetUtcNow());

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>What the store keeps of a moment.</summary>
    internal static DateTimeOffset Milliseconds(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
