using System.Globalization;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Brings points to their fail-safe values once the uplink has been gone for as long as configured: what goes off first, then what goes on, each through the same interlocks as a command, and
/// again every second while one forbids it. When the uplink is back nothing is switched again; the point <c>fail_safe</c> and a fault say so until somebody switches the point.
/// </summary>
internal sealed class FailSafeGuard
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SwitchPlan _plan;
    private readonly CommandDesk _desk;
    private readonly InterlockJudge _judge;
    private readonly LiveBoard _board;
    private readonly FaultBook _faults;
    private readonly IGatewayClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SwitchPoint[] _points;
    private readonly HashSet<int> _waiting = [];
    private readonly HashSet<int> _settled = [];
    private long _lostAt;
    private int _connected;

    public FailSafeGuard(
        SwitchPlan plan, CommandDesk desk, InterlockJudge judge, LiveBoard board, FaultBook faults, IGatewayClock clock, TimeProvider time, ILogger log)
    {
        _plan = plan;
        _desk = desk;
        _judge = judge;
        _board = board;
        _faults = faults;
        _clock = clock;
        _time = time;
        _log = log;
        _points = [.. plan.Settable.Where(p => p.FailSafe is not null).OrderBy(p => p.FailSafe != 0)];
        _lostAt = time.GetTimestamp();
    }

    /// <summary>The name of the fault that a point was set because the uplink was lost.</summary>
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
    public async Task RunAsync(CancellationToken stopping)
    {
        while (_points.Length > 0 && !stopping.IsCancellationRequested)
        {
            await LookAsync(stopping);
            await Task.Delay(Tick, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        if (!IsDue())
        {
            _settled.Clear();
            _waiting.Clear();
            return;
        }

        if (_settled.Count == 0 && _waiting.Count == 0)
        {
            CommandLog.FailSafe(_log, _plan.Options.FailSafe.After.TotalSeconds, _points.Length);
        }

        foreach (var point in _points)
        {
            if (stopping.IsCancellationRequested || !IsDue())
            {
                return;
            }

            if (!_settled.Contains(point.Index) && await SettleAsync(point))
            {
                _settled.Add(point.Index);
            }
        }
    }

    private bool IsDue() => Volatile.Read(ref _connected) == 0 && _time.GetElapsedTime(Interlocked.Read(ref _lostAt)) >= _plan.Options.FailSafe.After;

    /// <summary>True when nothing is left to do for the point.</summary>
    private async Task<bool> SettleAsync(SwitchPoint point)
    {
        var value = point.FailSafe!.Value;
        if (_board.Last(point.Index) is { Quality: RawQuality.Good } last && last.Value == value)
        {
            return true;
        }

        var verdict = _judge.Judge(point, value, CommandOrigin.FailSafe);
        if (!verdict.IsFree)
        {
            if (_waiting.Add(point.Index))
            {
                CommandLog.FailSafeWaits(_log, point.Address, verdict.Code, verdict.Detail ?? "");
            }

            return false;
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"the uplink is lost for {_plan.Options.FailSafe.After.TotalSeconds:F0} s");
        var wanted = point.Definition.Kind == PointKind.Digital ? PointValue.Of(value != 0) : PointValue.Of(value);
        var result = await _desk.ExecuteAsync(OwnCommand.Create(_clock, point.Asset, point.Definition.Name, wanted, "fail-safe", reason), CommandOrigin.FailSafe, _ => { });
        if (result.State is CommandState.Rejected or CommandState.Expired)
        {
            return false;
        }

        _board.Report(point.FailSafePoint!.Value, 1);
        _faults.Set(FaultOf(point), $"set to {wanted} because {reason}");
        return true;
    }
}
