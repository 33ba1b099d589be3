using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Hardware.Watchdog;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Supervision;

/// <summary>
/// Tells those who watch the agent, the service manager and the machine's watchdog timer, that it lives: as long as each of its loops goes round and not a moment longer. Runs on the thread pool like
/// the loops it looks after, so a pool that is stuck is noticed too.
/// </summary>
internal sealed class Caretaker : IAsyncDisposable
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    private readonly Liveness _liveness;
    private readonly ServiceNotifier _service;
    private readonly WatchdogOptions? _watchdog;
    private readonly Func<string> _status;
    private readonly FaultBook _faults;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _left = new();
    private Task _looking = Task.CompletedTask;
    private WatchdogDevice? _device;
    private bool _deviceFailed;
    private bool _stuck;

    private Caretaker(Liveness liveness, ServiceNotifier service, WatchdogOptions? watchdog, Func<string> status, FaultBook faults, TimeProvider time, ILogger log)
    {
        _liveness = liveness;
        _service = service;
        _watchdog = watchdog;
        _status = status;
        _faults = faults;
        _time = time;
        _log = log;

        // A quarter of what the most impatient of them allows: a look that comes late for once is still in time.
        var interval = new[] { service.WatchdogInterval / 4, watchdog?.Timeout / 4, LongestInterval }.Min()!.Value;
        _interval = interval < ShortestInterval ? ShortestInterval : interval;
    }

    /// <summary>Begins to look.</summary>
    /// <param name="liveness">The loops.</param>
    /// <param name="service">The service manager.</param>
    /// <param name="watchdog">The machine's watchdog timer; null for none.</param>
    /// <param name="status">One line about the agent.</param>
    /// <param name="faults">Where a timer is named that does not watch.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where a stuck loop is named.</param>
    public static Caretaker Start(Liveness liveness, ServiceNotifier service, WatchdogOptions? watchdog, Func<string> status, FaultBook faults, TimeProvider time, ILogger log)
    {
        var caretaker = new Caretaker(liveness, service, watchdog, status, faults, time, log);
        caretaker._looking = caretaker.LookAsync(caretaker._left.Token);
        return caretaker;
    }

    /// <summary>The agent ends in order: looks no more and stops the machine's watchdog timer. Left out, the machine is reset unless the agent is back in time.</summary>
    public async Task LeaveAsync()
    {
        await EndAsync();
        try
        {
            _device?.Disarm();
        }
        catch (IOException exception)
        {
            CaretakerLog.DisarmFailed(_log, _watchdog!.Device, exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _device?.Dispose();
        _left.Dispose();
    }

    private async Task EndAsync()
    {
        await _left.CancelAsync();
        await _looking;
    }

    private async Task LookAsync(CancellationToken left)
    {
        while (!left.IsCancellationRequested)
        {
            Look();
            await Task.Delay(_interval, _time, left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        if (_liveness.Stuck is { } loop)
        {
            _service.Status($"the {loop.Name} loop is stuck");
            if (!_stuck)
            {
                _stuck = true;
                CaretakerLog.Stuck(_log, loop.Name, loop.Late.TotalSeconds);
            }

            return;
        }

        if (_stuck)
        {
            _stuck = false;
            CaretakerLog.Recovered(_log);
        }

        _service.Status(_status());
        _service.Alive();
        Feed();
    }

    private void Feed()
    {
        if (_watchdog is null)
        {
            return;
        }

        try
        {
            if (_device is null)
            {
                _device = WatchdogDevice.Open(_watchdog.Device, _watchdog.Timeout);
                CaretakerLog.WatchdogOpened(_log, _watchdog.Device, _device.Timeout.TotalSeconds);
            }

            _device.Feed();
            _deviceFailed = false;
            _faults.Clear("watchdog");
        }
        catch (IOException exception)
        {
            _device?.Dispose();
            _device = null;
            _faults.Set("watchdog", $"{_watchdog.Device} does not watch the agent: {exception.Message}");
            if (!_deviceFailed)
            {
                _deviceFailed = true;
                CaretakerLog.WatchdogFailed(_log, _watchdog.Device, exception.Message, _interval.TotalSeconds);
            }
        }
    }
}
