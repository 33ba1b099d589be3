using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Commands, interlocks, lockouts and fail-safe positions of one gateway, wired.</summary>
internal sealed class GatewayControl : IGatewayControl, IAsyncDisposable
{
    /// <summary>The name of the fault of the file of lockouts.</summary>
    private const string LockoutFault = "lockouts";

    private readonly LockoutBook _lockouts;
    private readonly CommandJournal _journal;
    private readonly InterlockJudge _judge;
    private readonly FailSafeGuard _failSafe;
    private readonly Pulse _failSafePulse;
    private readonly FaultBook _faults;
    private readonly CancellationTokenSource _stop = new();
    private Action<CommandResult> _tell = _ => { };
    private Task _guarding = Task.CompletedTask;

    /// <summary>Opens journal and lockouts in the state directory.</summary>
    public GatewayControl(
        string stateDirectory, SwitchPlan plan, LiveBoard board, IGatewayClock clock, FaultBook faults, Liveness liveness, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Commands");
        var path = EdgeConfiguration.JournalFile(stateDirectory);
        _faults = faults;
        _lockouts = new LockoutBook(EdgeConfiguration.LockoutFile(stateDirectory), clock, log);
        _journal = new CommandJournal(path, () => JournalStamp.Now(clock, time));
        if (_journal.Unreadable > 0)
        {
            CommandLog.JournalDamaged(log, _journal.Unreadable, path);
        }

        if (_journal.Problem is { } problem)
        {
            CommandLog.JournalNotWritten(log, path, problem);
            faults.Set(CommandDesk.JournalFault, $"what became of commands cannot be written: {problem}");
        }

        _judge = new InterlockJudge(plan, board, _lockouts, _journal.Switches(), time);
        Desk = new CommandDesk(plan, board, _judge, _journal, clock, faults, time, log);
        _failSafe = new FailSafeGuard(plan, Desk, _judge, board, faults, clock, time, log);
        _failSafePulse = liveness.Add("fail-safe");
        Local = new LocalSwitch(plan, Desk, clock);
        SayLockoutProblem();
    }

    /// <summary>Where commands are carried out.</summary>
    public CommandDesk Desk { get; }

    /// <summary>Who switches at the gateway.</summary>
    public LocalSwitch Local { get; }

    /// <summary>The revision of the lockouts in force and on the disk; null when there never was one.</summary>
    public long? LockoutRevision => _lockouts.StoredRevision;

    /// <summary>Raised when the connection to the broker was made or lost.</summary>
    public event Action<bool>? UplinkChanged;

    /// <summary>Raised when the lockouts have changed.</summary>
    public event Action? LockoutsChanged;

    /// <summary>Begins: results of commands from the cloud go to <paramref name="tell"/>, those that an earlier run left open first.</summary>
    /// <param name="tell">Is given each result.</param>
    /// <param name="framesWait">Whether there is something that the cloud has to confirm; null: there never is.</param>
    public async Task StartAsync(Action<CommandResult> tell, Func<bool>? framesWait = null)
    {
        _tell = tell;
        await Desk.ResumeAsync(tell);
        _guarding = _failSafe.RunAsync(framesWait ?? (static () => false), _failSafePulse, _stop.Token);
    }

    /// <summary>Takes no more commands; those under way have ended, and told so, when it returns. Outputs are left as they are.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _guarding;
        await Desk.StopAsync();
    }

    public void OnCommand(ReadOnlyMemory<byte> payload)
    {
        OnHeard();
        Desk.Take(payload, _tell);
    }

    public void OnHeard() => _failSafe.OnHeard();

    public async ValueTask OnLockoutsAsync(ReadOnlyMemory<byte> payload)
    {
        // The disk must not hold up the connection.
        if (await Task.Run(() => _lockouts.Apply(payload)))
        {
            SayLockoutProblem();
            LockoutsChanged?.Invoke();
        }
    }

    public void OnUplink(bool isConnected)
    {
        _failSafe.OnUplink(isConnected);
        UplinkChanged?.Invoke(isConnected);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Desk.DisposeAsync();
        _judge.Dispose();
        await _journal.DisposeAsync();
        _stop.Dispose();
    }

    private void SayLockoutProblem()
    {
        if (_lockouts.Problem is { } problem)
        {
            _faults.Set(LockoutFault, problem);
        }
        else
        {
            _faults.Clear(LockoutFault);
        }
    }
}
