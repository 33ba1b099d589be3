using System.Globalization;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Brings points to their fail-safe values once the uplink has been gone for as long as configured: what goes off first, then what goes on, each through the same interlocks as a command, again every
/// second while one forbids it, and with growing pauses while the hardware fails. One that hangs holds up the others for a few seconds, once. When the uplink is back nothing is switched again; the point
/// <c>fail_safe</c> and a fault say so until somebody switches the point.
/// </summary>
internal sealed class FailSafeGuard
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>So long the next point waits for the one before it.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    private readonly CommandDesk _desk;
    private readonly InterlockJudge _judge;
    private readonly LiveBoard _board;
    private readonly FaultBook _faults;
    private readonly IGatewayClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TimeSpan _after;
    private readonly string _reason;
    private readonly FailSafePosition[] _positions;
    private long _lostAt;
    private int _connected;
    private bool _isTold;

    public FailSafeGuard(
        SwitchPlan plan, CommandDesk desk, InterlockJudge judge, LiveBoard board, FaultBook faults, IGatewayClock clock, TimeProvider time, ILogger log)
    {
        _desk = desk;
        _judge = judge;
        _board = board;
        _faults = faults;
        _clock = clock;
        _time = time;
        _log = log;
        _after = plan.Options.FailSafe.After;
        _reason = string.Create(CultureInfo.InvariantCulture, $"the uplink is lost for {_after.TotalSeconds:F0} s");
        _positions = [.. plan.Settable.Where(p => p.FailSafe is not null).OrderBy(p => p.FailSafe != 0).Select(p => new FailSafePosition(p))];
        _lostAt = time.GetTimestamp();
    }

    /// <summary>The name of the fault that a point was set, or could not be set, because the uplink was lost.</summary>
    public static string FaultOf(SwitchPoint point) => $"{point.Address} fail-safe";

    /// <summary>The uplink came or went. From any thread.</summary>
    public void OnUplink(bool isConnected)
    {
        if (Interlocked.Exchange(ref _connected, isConnected ? 1 : 0) == 1 && !isConnected)
        {
            Interlocked.Exchange(ref _lostAt, _time.GetTimestamp());
        }
    }

    /// <summary>Watches until cancelled.</summary>
    /// <param name="pulse">Beats with each round and each point.</param>
    /// <param name="stopping">Ends it; a try under way is not waited for.</param>
    public async Task RunAsync(Pulse pulse, CancellationToken stopping)
    {
        while (_positions.Length > 0 && !stopping.IsCancellationRequested)
        {
            await LookAsync(pulse, stopping);
            pulse.BackWithin(Tick);
            await Task.Delay(Tick, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        pulse.Rest();
    }

    private async Task LookAsync(Pulse pulse, CancellationToken stopping)
    {
        if (!IsDue())
        {
            _isTold = false;
            foreach (var position in _positions)
            {
                if (position.Trying.IsCompleted)
                {
                    position.Reset();
                }
            }

            return;
        }

        if (!_isTold)
        {
            _isTold = true;
            CommandLog.FailSafe(_log, _after.TotalSeconds, _positions.Length);
        }

        foreach (var position in _positions)
        {
            if (stopping.IsCancellationRequested || !IsDue())
            {
                return;
            }

            if (position.Trying.IsCompleted && !position.IsSettled && _time.GetElapsedTime(position.FailedAt) >= position.BackOff)
            {
                pulse.BackWithin(Turn);
                position.Trying = TryAsync(position);
                await Task.WhenAny(position.Trying, Task.Delay(Turn, _time, stopping));
            }
        }
    }

    private bool IsDue() => Volatile.Read(ref _connected) == 0 && _time.GetElapsedTime(Interlocked.Read(ref _lostAt)) >= _after;

    private async Task TryAsync(FailSafePosition position)
    {
        var point = position.Point;
        try
        {
            // After a failure it may have any value; but who has switched it since then, and so ended the fault, has decided otherwise.
            position.IsSettled = position.Failures == 0
                ? _board.Last(point.Index) is { Quality: RawQuality.Good } last && last.Value == position.Value
                : !_faults.Has(FaultOf(point));
            if (position.IsSettled)
            {
                return;
            }

            var verdict = _judge.Judge(point, position.Value, CommandOrigin.FailSafe);
            if (verdict.IsFree)
            {
                var command = OwnCommand.Create(_clock, point.Asset, point.Definition.Name, position.Wanted, "fail-safe", _reason);
                await _desk.ExecuteAsync(command, CommandOrigin.FailSafe, result => OnResult(position, result));
            }
            else if (!position.IsWaiting)
            {
                position.IsWaiting = true;
                CommandLog.FailSafeWaits(_log, point.Address, verdict.Code, verdict.Detail ?? "");
            }
        }
        catch (Exception defect)
        {
            // It must not keep the other points from their values.
            CommandLog.Defect(_log, defect);
            Fail(position, defect.Message);
        }
    }

    /// <summary>Is told while the point takes no other command, so that whoever switches it next has the last word.</summary>
    private void OnResult(FailSafePosition position, CommandResult result)
    {
        var point = position.Point;
        switch (result)
        {
            case { State: CommandState.Verified } or { State: CommandState.Executed, IsFinal: true }:
                position.IsSettled = true;
                _board.Report(point.FailSafePoint!.Value, 1);
                _faults.Set(FaultOf(point), $"set to {position.Wanted} because {_reason}");
                break;
            case { State: CommandState.Failed, Code: CommandCode.HardwareFailure }:
                Fail(position, result.Detail ?? "");
                break;
            case { State: CommandState.Failed, Code: CommandCode.SensorDisagrees or CommandCode.FeedbackTimeout }:
                // The output was set; to set it once more shows nothing else, and could switch on by itself what somebody is mending.
                position.IsSettled = true;
                _faults.Set(FaultOf(point), $"set to {position.Wanted} because {_reason}, and its feedback does not show it: {result.Detail}");
                break;
            default: // it was not tried: again with the next round; or the agent stops
                break;
        }
    }

    private void Fail(FailSafePosition position, string problem)
    {
        if (position.Failures == 0)
        {
            CommandLog.FailSafeFailed(_log, position.Point.Address, problem);
        }

        position.Fail(_time.GetTimestamp());
        _faults.Set(FaultOf(position.Point), $"could not be set to {position.Wanted} though {_reason}; tried again with growing pauses: {problem}");
    }
}
