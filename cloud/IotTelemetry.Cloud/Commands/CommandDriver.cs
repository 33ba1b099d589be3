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
    /// <returns>False when no trigger means anything in the command's stage; nothing is stored or said then.</returns>
    /// <exception cref="OperationCanceledException">The service stops; whether the rows are stored is not known.</exception>
    public Task<bool> AdvanceAsync(TrackedCommand command, params (CommandTrigger Trigger, CommandEvidence Evidence)[] events) => MoveAsync(command, sayBy: long.MaxValue, events);

    /// <summary>
    /// Moves a command by a gateway's answer; completes when what follows is stored. Answers behind which another one is due wait a little for it, and those that come while one before them is being
    /// stored wait for that: a gateway that says accepted, executed and verified in a breath is followed in one insert instead of three.
    /// </summary>
    /// <exception cref="OperationCanceledException">The service stops; whether the rows are stored is not known.</exception>
    public async Task AnswerAsync(TrackedCommand command, CommandTrigger trigger, CommandEvidence evidence)
    {
        PendingAnswer answer = new(trigger, evidence);
        command.Answers.Enqueue(answer);
        if (trigger is CommandTrigger.Accepted or CommandTrigger.Executed)
        {
            await Task.WhenAny(answer.Stored.Task, Task.Delay(options.AnswerLinger, time));
        }

        await command.Turn.WaitAsync();
        List<PendingAnswer> taken = [];
        try
        {
            while (command.Answers.TryDequeue(out PendingAnswer? next))
            {
                taken.Add(next);
            }

            await MoveInTurnAsync(command, sayBy: long.MaxValue, [.. taken.Select(next => next.Event)]);
            taken.ForEach(next => next.Stored.TrySetResult());
        }
        catch (Exception failure)
        {
            taken.ForEach(next => next.Stored.TrySetException(failure));
            throw;
        }
        finally
        {
            command.Turn.Release();
        }

        await answer.Stored.Task;
    }

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
        book.Note(command);
        Schedule(command, asked: false);
    }

    /// <summary>Whether it may still be carried out, by the monotonic clock.</summary>
    public bool IsAlive(TrackedCommand command) => time.GetTimestamp() < command.ExpiryTimestamp;

    private async Task<bool> MoveAsync(TrackedCommand command, long sayBy, (CommandTrigger Trigger, CommandEvidence Evidence)[] events)
    {
        await command.Turn.WaitAsync();
        try
        {
            return await MoveInTurnAsync(command, sayBy, events);
        }
        finally
        {
            command.Turn.Release();
        }
    }

    private async Task<bool> MoveInTurnAsync(TrackedCommand command, long sayBy, (CommandTrigger Trigger, CommandEvidence Evidence)[] events)
    {
        (List<CommandTransition> transitions, List<CommandEffect> effects) = Plan(command, events);
        await StoreAsync(command, transitions);
        bool isUnreached = false;
        foreach (CommandEffect effect in time.GetTimestamp() <= sayBy ? effects : [])
        {
            isUnreached |= !await SayAsync(command, effect);
        }

        if (isUnreached)
        {
            await StoreAsync(command, Plan(command, [(CommandTrigger.Unreached, Unreached(command))]).Transitions);
        }

        return transitions.Count > 0 || effects.Count > 0;
    }

    private async Task StoreAsync(TrackedCommand command, List<CommandTransition> transitions)
    {
        if (transitions.Count > 0)
        {
            await store.AppendAsync(command.Request, transitions);
            Commit(command, transitions);
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
                continue;
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
            ? CommandEvidence.ByCloud(
                CodeName.Of(CommandCode.Expired),
                command.Stage == CommandStage.Waiting ? "Its gateway was not back in time; it was not carried out." : "Its time had passed before the output was asked to move.")
            : command.Stage == CommandStage.Executed
                ? CommandEvidence.ByCloud(CodeName.Of(CommandCode.FeedbackTimeout), $"The output was set, and the gateway has not said within {options.VerifyTimeout.TotalSeconds:F0} s what the feedback shows.")
                : CommandEvidence.ByCloud(CloudCode.NoAnswer, "The gateway has not answered. It carries nothing out any more; whether it did in time, the asset's points tell.");
        return why with { Observed = seen.Observed, ObservedAt = seen.ObservedAt };
    }

    private static CommandEvidence Unreached(TrackedCommand command) =>
        CommandEvidence.ByCloud(CloudCode.GatewayAway, $"Gateway {command.Request.Gateway} is not connected to the broker. It is sent when the gateway is back.");

    private static CommandTransition Requested(TrackedCommand command) =>
        new(1, command.Request.RequestedAt, CommandStage.Requested, command.ExpiresAt, new CommandEvidence { Actor = command.Request.Author });

    private void Commit(TrackedCommand command, IReadOnlyList<CommandTransition> transitions)
    {
        bool wasFinal = command.History.Count > 0 && command.Stage.IsFinal();
        command.Add(transitions);
        book.Note(command);
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

    // False when it is certain that the gateway does not get it.
    private async ValueTask<bool> SayAsync(TrackedCommand command, CommandEffect effect)
    {
        TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), command.ExpiryTimestamp);
        bool movesNothing = effect is CommandEffect.Ask or CommandEffect.SendCancel;
        TimeSpan life = effect == CommandEffect.Ask || left < TimeSpan.Zero ? TimeSpan.Zero : left;
        if (life == TimeSpan.Zero && !movesNothing)
        {
            return true; // It expired while its row was being stored; its deadline ends it.
        }

        command.IsAsked = effect == CommandEffect.Ask;
        if (effect == CommandEffect.SendSelect && command.Sending > 0)
        {
            // What an earlier sending reserved must not stand in the way of this one.
            await SayAsync(command, CommandPhase.Cancel, life, life, command.Sending - 1);
        }

        // A broker counts in whole seconds; the gateway's own check is exact.
        TimeSpan expiry = movesNothing ? options.VerifyTimeout : TimeSpan.FromSeconds(Math.Ceiling(life.TotalSeconds));
        return await SayAsync(command, CommandMessages.PhaseOf(effect, command.Request), life, expiry, command.Sending) || movesNothing;
    }

    private async ValueTask<bool> SayAsync(TrackedCommand command, CommandPhase phase, TimeSpan life, TimeSpan expiry, int sending)
    {
        using CancellationTokenSource tooLate = new(expiry, time);
        try
        {
            MqttMessage message = new()
            {
                Topic = new GatewayTopics(command.Request.Gateway).Command,
                Payload = CommandMessages.Of(command, phase, life, sending).Encode(),
                PayloadIsUtf8 = true,
                QualityOfService = MqttQualityOfService.AtLeastOnce,
                MessageExpiry = expiry,
            };
            return await link.SendAsync(command.Request.Gateway, message, tooLate.Token);
        }
        catch (Exception failure) when (failure is GatewayLinkException || tooLate.IsCancellationRequested)
        {
            // Whether the broker has it is not known: the gateway is asked what became of it, when it comes back or at the expiry.
            CommandLog.NotSent(logger, command.Request.Id, command.Request.Gateway.ToString(), phase.ToString(), failure);
            return true;
        }
    }

    private long TimestampOf(DateTimeOffset moment) => After(time.GetTimestamp(), moment - time.GetUtcNow());

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);

    /// <summary>What the store keeps of a moment.</summary>
    internal static DateTimeOffset Milliseconds(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment.ToUnixTimeMilliseconds());
}
