using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Where commands come in, from the cloud, from a person at the gateway and from the agent itself. A repeat is answered with what became of the first one; a point takes one command at a time.
/// Thread-safe; nothing waits for a disk or a board under its lock.
/// </summary>
internal sealed class CommandDesk : IAsyncDisposable
{
    /// <summary>The name of the fault that the journal cannot be written.</summary>
    public const string JournalFault = "command-journal";

    private readonly SwitchPlan _plan;
    private readonly LiveBoard _board;
    private readonly InterlockJudge _judge;
    private readonly CommandJournal _journal;
    private readonly CommandExecution _execution;
    private readonly ResultWriter _results;
    private readonly Reservations _reservations;
    private readonly IGatewayClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, CommandRun> _active = [];
    private readonly HashSet<Task> _handling = [];
    private readonly CancellationTokenSource _stopping = new();

    public CommandDesk(
        SwitchPlan plan, LiveBoard board, InterlockJudge judge, CommandJournal journal, IGatewayClock clock, FaultBook faults, TimeProvider time, ILogger log)
    {
        _plan = plan;
        _board = board;
        _judge = judge;
        _journal = journal;
        _execution = new CommandExecution(board, judge, journal, clock, faults, time, log);
        _results = new ResultWriter(board, clock);
        _reservations = new Reservations(plan.Options.SelectTimeout, time);
        _clock = clock;
        _time = time;
        _log = log;
    }

    /// <summary>Says of every command that was under way when the agent ended what is known of it; they are remembered as failed. Call once, before any other.</summary>
    public async Task ResumeAsync(Action<CommandResult> tell)
    {
        foreach (var open in _journal.Open())
        {
            var detail = open.Result?.State switch
            {
                CommandState.Accepted => "the agent ended before the output was set",
                CommandState.Executed => "the output was set, and the agent ended before the feedback showed it",
                _ => "the agent ended while the output was being set; it may have been set",
            };
            var result = new CommandResult
            {
                Id = open.Id,
                Phase = open.Phase,
                State = CommandState.Failed,
                Code = CommandCode.ShuttingDown,
                Detail = detail,
                AtMs = _clock.NowMs,
                Clock = _clock.Quality,
            };
            CommandLog.Interrupted(_log, open.Id, detail);

            // The stamp stays: it says when the output was set.
            await WriteAsync(open with { Result = result });
            tell(result);
        }
    }

    /// <summary>Takes one message of the topic <c>command</c>. Returns before anything is written or set; each result is told as it comes.</summary>
    public void Take(ReadOnlyMemory<byte> payload, Action<CommandResult> tell)
    {
        var arrivedAt = _time.GetTimestamp();
        Command command;
        try
        {
            command = Command.Decode(payload.Span);
        }
        catch (MessageFormatException exception)
        {
            CommandLog.Unreadable(_log, exception.Message);
            return;
        }

        _ = Watched(ExecuteAsync(command, CommandOrigin.Cloud, tell, arrivedAt));
    }

    /// <summary>Carries a command out and returns its last result, which was told like those before it.</summary>
    public Task<CommandResult> ExecuteAsync(Command command, CommandOrigin origin, Action<CommandResult> tell) =>
        Watched(ExecuteAsync(command, origin, tell, _time.GetTimestamp()));

    /// <summary>Takes no more commands and waits for those under way, which end soon and truthfully.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Task[] handling;
        lock (_gate)
        {
            handling = [.. _handling];
        }

        await Task.WhenAll(handling);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _execution.Dispose();
        _stopping.Dispose();
    }

    private async Task<CommandResult> ExecuteAsync(Command command, CommandOrigin origin, Action<CommandResult> tell, long arrivedAt)
    {
        var fingerprint = CommandChecks.FingerprintOf(command);
        CommandRun? run = null;
        CommandResult? answer;
        var written = Task.CompletedTask;
        lock (_gate)
        {
            answer = Earlier(command, fingerprint);
            if (answer is null && Unmemorable(command, origin, out written) is { } refusal)
            {
                answer = refusal;
            }
            else if (answer is null)
            {
                var point = _plan.Find(command.Asset, command.Point);
                answer = Objection(command, point, origin, arrivedAt) ?? Reserve(command, point!);
                if (answer is null)
                {
                    run = new CommandRun(command, fingerprint, point!, origin, arrivedAt, result => Tell(command, result, tell));
                    _active[point!.Index] = run;
                }

                // Under the lock, so that the same command again finds it. Nobody repeats the gateway's own, and to cancel once more does no harm.
                if (answer is not null && origin == CommandOrigin.Cloud && (command.Phase != CommandPhase.Cancel || _journal.HasRoomFor(origin)))
                {
                    written = WriteAsync(JournalEntry.Of(command, origin, fingerprint, answer, JournalStamp.Now(_clock, _time)));
                }
            }
        }

        if (run is null)
        {
            await written;
            Tell(command, answer!, tell);
            return answer!;
        }

        using (run)
        {
            try
            {
                return await _execution.CarryOutAsync(run, _stopping.Token);
            }
            finally
            {
                lock (_gate)
                {
                    _active.Remove(run.Point.Index);
                }
            }
        }
    }

    /// <summary>What became of the same id and phase before; null when they are new.</summary>
    private CommandResult? Earlier(Command command, string fingerprint)
    {
        var run = _active.Values.FirstOrDefault(r => r.Command.Id == command.Id && r.Command.Phase == command.Phase);
        var earlier = _journal.Find(command.Id, command.Phase);
        return (run?.Fingerprint ?? earlier?.Fingerprint) is not { } known ? null
            : known != fingerprint ? _results.Write(command, null, CommandState.Rejected, CommandCode.Duplicate, "the id was used before with another content")
            : run is not null ? run.Latest ?? _results.Write(command, run.Point, CommandState.Accepted, CommandCode.Ok, "it is being carried out")
            : earlier!.Result;
    }

    /// <summary>The answer to what may have been carried out and forgotten, and to what could not be remembered; null for all else. It is not remembered itself, and the same for each repeat.</summary>
    private CommandResult? Unmemorable(Command command, CommandOrigin origin, out Task written)
    {
        written = Task.CompletedTask;
        if (origin == CommandOrigin.Cloud && command.ExpiresMs <= _journal.ForgottenMs)
        {
            return _results.Write(command, null, CommandState.Failed, CommandCode.Expired, "its time has passed, and whether it was carried out in time is not remembered any more");
        }

        if (command.Phase == CommandPhase.Cancel || (_journal.HasRoomFor(origin) && (origin != CommandOrigin.Cloud || command.IssuedMs > _journal.TurnedAwayMs)))
        {
            return null;
        }

        written = origin == CommandOrigin.Cloud ? TurnAwayAsync(command) : written;
        return Reject(command, null, CommandCode.Busy, "the gateway has as many commands as it can remember");
    }

    private CommandResult? Objection(Command command, SwitchPoint? point, CommandOrigin origin, long arrivedAt)
    {
        if (_stopping.IsCancellationRequested)
        {
            return Reject(command, point, CommandCode.ShuttingDown, "it was not tried, the gateway stops");
        }

        var expiry = CommandExpiry.Check(command, _clock.Quality, _clock.NowMs, _time.GetElapsedTime(arrivedAt));
        if (expiry != CommandCode.Ok)
        {
            return _results.Write(command, point, expiry == CommandCode.Expired ? CommandState.Expired : CommandState.Rejected, expiry);
        }

        if (CommandChecks.Objection(command, origin, _plan, _board) is { } objection)
        {
            return Reject(command, point, objection.Code, objection.Detail);
        }

        if (command.Phase == CommandPhase.Cancel)
        {
            return Cancel(command, point!);
        }

        if (_active.TryGetValue(point!.Index, out var active))
        {
            return Reject(command, point, CommandCode.Busy, $"command {active.Command.Id} by {active.Command.Author} is being carried out on the point");
        }

        // Whoever selected the point before the uplink was lost cannot operate any more.
        if (origin != CommandOrigin.FailSafe && _reservations.Objection(point.Index, command) is { } reserved)
        {
            return Reject(command, point, reserved.Code, reserved.Detail);
        }

        if (origin == CommandOrigin.Cloud && _active.Count >= _plan.Options.MaximumActive)
        {
            return Reject(command, point, CommandCode.Busy, "the gateway has as many commands as it can take");
        }

        var verdict = _judge.Judge(point, command.Value!.Value.Number, origin);
        return verdict.Code == CommandCode.Ok ? null : Reject(command, point, verdict.Code, verdict.Detail);
    }

    private CommandResult Cancel(Command command, SwitchPoint point)
    {
        if (_active.TryGetValue(point.Index, out var active) && active.Command.Id == command.Id)
        {
            return _execution.TryCancel(active)
                ? _results.Write(command, point, CommandState.Cancelled, CommandCode.Ok)
                : Reject(command, point, CommandCode.Busy, "the output is set already");
        }

        if (_reservations.Objection(point.Index, command) is { } objection)
        {
            return Reject(command, point, objection.Code, objection.Detail);
        }

        _reservations.Remove(point.Index);
        return _results.Write(command, point, CommandState.Cancelled, CommandCode.Ok);
    }

    /// <summary>The answer to a select; null for what sets the output, which ends the reservation.</summary>
    private CommandResult? Reserve(Command command, SwitchPoint point)
    {
        if (command.Phase != CommandPhase.Select)
        {
            _reservations.Remove(point.Index);
            return null;
        }

        _reservations.Add(point.Index, command);
        var selected = _results.Write(command, point, CommandState.Selected, CommandCode.Ok);
        return selected with { SelectedUntilMs = selected.AtMs + (long)_plan.Options.SelectTimeout.TotalMilliseconds };
    }

    private CommandResult Reject(Command command, SwitchPoint? point, CommandCode code, string? detail) =>
        _results.Write(command, point, CommandState.Rejected, code, detail);

    private async Task WriteAsync(JournalEntry entry)
    {
        try
        {
            await _journal.WriteAsync(entry);
        }
        catch (IOException exception)
        {
            // Nothing was set: that a repeat after a restart may be answered anew is no harm.
            _journal.Keep(entry);
            CommandLog.Failed(_log, exception, entry.Id);
        }
    }

    private async Task TurnAwayAsync(Command command)
    {
        try
        {
            await _journal.TurnAwayAsync(command.IssuedMs);
        }
        catch (IOException exception)
        {
            // It holds for as long as the agent runs.
            CommandLog.Failed(_log, exception, command.Id);
        }
    }

    private void Tell(Command command, CommandResult result, Action<CommandResult> tell)
    {
        CommandLog.Handled(
            _log, command.Id, command.Phase, command.Asset, command.Point, command.Value?.ToString() ?? "-", command.Author, result.State, result.Code, result.Detail ?? "");
        tell(result);
    }

    /// <summary>Lets <see cref="StopAsync"/> wait for it.</summary>
    private Task<CommandResult> Watched(Task<CommandResult> handling)
    {
        lock (_gate)
        {
            _handling.Add(handling);
        }

        _ = handling.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return handling;
    }

    private void Forget(Task handled)
    {
        lock (_gate)
        {
            _handling.Remove(handled);
        }

        if (handled.Exception is { } exception)
        {
            CommandLog.Defect(_log, exception);
        }
    }
}
