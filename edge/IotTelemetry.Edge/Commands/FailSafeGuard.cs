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
/// Brings points to their fail-safe values once the uplink has been gone, or the cloud silent, for as long as configured: what goes off first, then what goes on, each through the same interlocks as a command, again every
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
    private readonly FailSafeOptions _options;
    private readonly FailSafePosition[] _positions;
    private long _lostAt;
    private long _heardAt;
    private int _connected;
    private bool _isTold;
    private string _reason = "";

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
        _options = plan.Options.FailSafe;
        _positions = [.. plan.Settable.Where(p => p.FailSafe is not null).OrderBy(p => p.FailSafe != 0).Select(p => new FailSafePosition(p))];
        _lostAt = _heardAt = time.GetTimestamp();
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

    /// <summary>The cloud has spoken, or has nothing to say. From any thread.</summary>
    public void OnHeard() => Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());

    /// <summary>Watches until cancelled.</summary>
    /// <param name="framesWait">Whether there is something that the cloud has to confirm.</param>
    /// <param name="pulse">Beats with each round and each point.</param>
    /// <param name="stopping">Ends it; a try under way is not waited for.</param>
    public async Task RunAsync(Func<bool> framesWait, Pulse pulse, CancellationToken stopping)
    {
        while (_positions.Length > 0 && !stopping.IsCancellationRequested)
        {
            if (_options.OnSilence && Volatile.Read(ref _connected) == 1 && !framesWait())
            {
                OnHeard();
            }

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
            var lost = Volatile.Read(ref _connected) == 0 ? "the uplink is lost" : "the cloud is silent";
            _reason = string.Create(CultureInfo.InvariantCulture, $"{lost} for {_options.After.TotalSeconds:F0} s");
            CommandLog.FailSafe(_log, _reason, _positions.Length);
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

    // A broker that comes and goes does not make the cloud speak: its silence counts whether it is there or not.
    private bool IsDue() =>
        (Volatile.Read(ref _connected) == 0 && _time.GetElapsedTime(Interlocked.Read(ref _lostAt)) >= _options.After)
        || (_options.OnSilence && _time.GetElapsedTime(Interlocked.Read(ref _heardAt)) >= _options.After);

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
                _faults.Set(FaultOf(point), $"set to {position.Wanted} because {_reason}");
                _board.Report(point.FailSafePoint!.Value, 1);
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
