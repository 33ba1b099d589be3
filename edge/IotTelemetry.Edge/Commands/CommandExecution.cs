using System.Globalization;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Carries one command out: on the disk first, then everything checked again, then the output is set, then the feedback is watched. Runs for different points go on side by side. Thread-safe.
/// </summary>
/// <remarks>
/// When an output was switched on and its feedback does not show it, the output is switched off again (unless configured otherwise): a contactor that closes by itself when somebody mends its
/// fuse would be worse than one that stays open. One that was switched off stays off, whatever its contact shows; its groups count the contact.
/// </remarks>
internal sealed class CommandExecution : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly LiveBoard _board;
    private readonly InterlockJudge _judge;
    private readonly CommandJournal _journal;
    private readonly ResultWriter _results;
    private readonly FeedbackWatch _watch;
    private readonly IGatewayClock _clock;
    private readonly FaultBook _faults;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly FeedbackFaults _feedbackFaults;

    public CommandExecution(LiveBoard board, InterlockJudge judge, CommandJournal journal, IGatewayClock clock, FaultBook faults, TimeProvider time, ILogger log)
    {
        _board = board;
        _judge = judge;
        _journal = journal;
        _results = new ResultWriter(board, clock);
        _watch = new FeedbackWatch(board, time);
        _clock = clock;
        _faults = faults;
        _time = time;
        _log = log;
        _feedbackFaults = new FeedbackFaults(board, faults);
    }

    /// <summary>Carries the command out; returns its last result, which was told like those before it. Never throws for what a disk or a board does.</summary>
    /// <param name="run">The command.</param>
    /// <param name="stopping">Cancelled when the agent stops: what is not done yet ends with <see cref="CommandCode.ShuttingDown"/>.</param>
    public async Task<CommandResult> CarryOutAsync(CommandRun run, CancellationToken stopping)
    {
        if (await CommitAsync(run, stopping) is { } refusal)
        {
            return await ToldAsync(run, refusal);
        }

        var outcome = await SetWatchedAsync(run);
        var setAt = _time.GetTimestamp();
        var set = await ToldAsync(run, outcome);
        return set.State == CommandState.Failed || run.Point.Feedback is not { } feedback ? set : await ToldAsync(run, await VerifyAsync(run, feedback, setAt, stopping));
    }

    /// <summary>Stops a command whose output is not set yet; false when it is too late.</summary>
    public bool TryCancel(CommandRun run)
    {
        lock (_gate)
        {
            if (run.IsCommitted)
            {
                return false;
            }

            run.Cancelled.Cancel();
            return true;
        }
    }

    public void Dispose() => _feedbackFaults.Dispose();

    /// <summary>Waits until the output may be set; null when it may, and from then on the point counts as moving.</summary>
    private async Task<CommandResult?> CommitAsync(CommandRun run, CancellationToken stopping)
    {
        var isOnDisk = false;
        while (true)
        {
            Verdict verdict;
            lock (_gate)
            {
                if (Refusal(run, stopping, out verdict) is { } refusal)
                {
                    return refusal;
                }

                if (isOnDisk && verdict.IsFree)
                {
                    _judge.Begin(run.Point, run.Value);
                    run.IsCommitted = true;
                    return null;
                }
            }

            if (!verdict.IsFree)
            {
                if (run.Latest is null)
                {
                    await ToldAsync(run, Write(run, CommandState.Accepted, CommandCode.Ok, verdict.Detail));
                }

                await WaitAsync(verdict.Wait, run.Cancelled.Token, stopping);
                continue;
            }

            try
            {
                // Before the output moves: after a crash in between, a repeat must not move it again.
                await _journal.WriteAsync(Entry(run, null));
                isOnDisk = true;
            }
            catch (IOException exception)
            {
                CommandLog.Failed(_log, exception, run.Command.Id);
                if (run.Origin != CommandOrigin.FailSafe)
                {
                    return Write(run, CommandState.Failed, CommandCode.HardwareFailure, $"it was not tried, the disk does not take it: {exception.Message}");
                }

                // Nobody can repeat it; that interlocks forget it at a restart is the lesser evil.
                isOnDisk = true;
            }
        }
    }

    /// <summary>Everything that can have come up since the command arrived.</summary>
    private CommandResult? Refusal(CommandRun run, CancellationToken stopping, out Verdict verdict)
    {
        verdict = Verdict.Free;
        if (run.Cancelled.IsCancellationRequested)
        {
            return Write(run, CommandState.Cancelled, CommandCode.Ok, "before the output was set");
        }

        if (stopping.IsCancellationRequested)
        {
            return Write(run, CommandState.Rejected, CommandCode.ShuttingDown, "it was not tried, the gateway stops");
        }

        var expiry = CommandExpiry.Check(run.Command, _clock.Quality, _clock.NowMs, _time.GetElapsedTime(run.ArrivedAt));
        if (expiry != CommandCode.Ok)
        {
            return Write(run, expiry == CommandCode.Expired ? CommandState.Expired : CommandState.Rejected, expiry);
        }

        verdict = _judge.Judge(run.Point, run.Value, run.Origin);
        return verdict.Code == CommandCode.Ok ? null : Write(run, CommandState.Rejected, verdict.Code, verdict.Detail);
    }

    /// <summary>Sets the output; one that hangs is told as a fault. It stops no watchdog: a restart would not help it, and would put every other output to its safe value.</summary>
    private async Task<CommandResult> SetWatchedAsync(CommandRun run)
    {
        var fault = $"{run.Point.Address} output";
        var hanging = _time.CreateTimer(
            _ => _faults.Set(fault, $"setting it to {run.Command.Value} has not ended within {Liveness.Patience.TotalSeconds} s: its driver hangs"), null, Liveness.Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return Set(run);
        }
        finally
        {
            await hanging.DisposeAsync();
            _faults.Clear(fault);
        }
    }

    private CommandResult Set(CommandRun run)
    {
        try
        {
            _board.Write(run.Point.Index, run.Value);
        }
        catch (Exception exception)
        {
            // Whatever a driver throws is its output's failure. It may have moved all the same.
            _judge.End(run.Point, null);
            CommandLog.Failed(_log, exception, run.Command.Id);
            return Write(run, CommandState.Failed, CommandCode.HardwareFailure, exception.Message);
        }

        _judge.End(run.Point, run.Value);
        if (run.Point.FailSafePoint is { } failSafe && run.Origin != CommandOrigin.FailSafe)
        {
            _board.Report(failSafe, 0);
            _faults.Clear(FailSafeGuard.FaultOf(run.Point));
        }

        var executed = Write(run, CommandState.Executed, CommandCode.Ok);
        if (run.Point.Feedback is { } feedback)
        {
            return executed with { VerifyByMs = executed.AtMs + (long)(feedback.Options.Timeout + feedback.Options.Settle).TotalMilliseconds };
        }

        _feedbackFaults.Clear(run.Point);
        return executed;
    }

    private async Task<CommandResult> VerifyAsync(CommandRun run, Feedback feedback, long setAt, CancellationToken stopping)
    {
        FeedbackOutcome outcome;
        try
        {
            outcome = await _watch.WaitAsync(feedback, run.Value, setAt, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Write(run, CommandState.Failed, CommandCode.ShuttingDown, "the output was set; the gateway stops before the feedback shows it, and outputs go to their safe values");
        }

        if (outcome.IsShown)
        {
            _feedbackFaults.Clear(run.Point);
            return Write(run, CommandState.Verified, CommandCode.Ok);
        }

        var took = feedback.Options.Timeout.TotalMilliseconds;
        var problem = outcome.Seen is { } seen
            ? string.Create(CultureInfo.InvariantCulture, $"{feedback.SourceAddress} shows {seen.Value} after {took:F0} ms, expected: {feedback.Expected(run.Value)}")
            : string.Create(CultureInfo.InvariantCulture, $"{feedback.SourceAddress} gave no value that can be used within {took:F0} ms");
        var result = Write(run, CommandState.Failed, outcome.Seen is null ? CommandCode.FeedbackTimeout : CommandCode.SensorDisagrees, problem);
        return result with { Detail = problem + AfterFailure(run, feedback, problem) };
    }

    private string AfterFailure(CommandRun run, Feedback feedback, string problem)
    {
        var isSwitchedOn = run.Value != 0 && feedback.IsSwitch;
        _feedbackFaults.Set(run.Point, $"set to {run.Command.Value}: {problem}", isNotOff: feedback.IsSwitch && !isSwitchedOn);
        if (!isSwitchedOn)
        {
            return "";
        }

        if (feedback.Options.KeepOnFailure)
        {
            return "; the output stays on";
        }

        _judge.Begin(run.Point, 0);
        try
        {
            _board.Write(run.Point.Index, 0);
            _judge.End(run.Point, 0);
            return "; the output was switched off again";
        }
        catch (Exception exception)
        {
            _judge.End(run.Point, null);
            CommandLog.NotReverted(_log, exception, run.Point.Address);
            return $"; switching the output off again failed: {exception.Message}";
        }
    }

    /// <summary>Writes a result down and tells it. A disk that takes no more is a fault, and no reason to keep quiet.</summary>
    private async Task<CommandResult> ToldAsync(CommandRun run, CommandResult result)
    {
        var entry = Entry(run, result);
        try
        {
            await _journal.WriteAsync(entry);
            _faults.Clear(CommandDesk.JournalFault);
        }
        catch (IOException exception)
        {
            _journal.Keep(entry);
            _faults.Set(CommandDesk.JournalFault, $"what became of commands cannot be written: {exception.Message}");
        }

        lock (_gate)
        {
            run.Latest = result;
        }

        run.Tell(result);
        return result;
    }

    private CommandResult Write(CommandRun run, CommandState state, CommandCode code, string? detail = null) => _results.Write(run.Command, run.Point, state, code, detail);

    private JournalEntry Entry(CommandRun run, CommandResult? result) =>
        JournalEntry.Of(run.Command, run.Origin, run.Fingerprint, result, JournalStamp.Now(_clock, _time),
            new JournalSwitch(run.Command.Asset, run.Command.Point, run.Value, run.Command.Author, run.Command.Reason));

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancelled, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, stopping);
        await Task.Delay(wait < ShortestWait ? ShortestWait : wait, _time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
