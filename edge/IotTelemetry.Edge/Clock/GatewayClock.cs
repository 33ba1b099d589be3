using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Clock;

/// <summary>
/// What the agent makes of the machine's clock. Readings are taken on the <see cref="Steady"/> timeline; how far the real time is from it is measured every few seconds and whenever somebody sets the
/// clock. A clock that says less than can be (before this agent existed, before a time that an earlier run knew) is not believed: then the steady timeline stands for it. Thread-safe.
/// </summary>
internal sealed class GatewayClock : IGatewayClock, IAsyncDisposable
{
    /// <summary>No clock that is right says less: this agent did not exist before.</summary>
    public static readonly DateTimeOffset LeastTime = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Less is the work of a time service that steers the clock, and is followed without a word.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MarkInterval = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _time;
    private readonly ITimekeeping _kernel;
    private readonly ClockFile _file;
    private readonly ClockOptions _options;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly long _leastMs;
    private readonly long _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _wasSynchronised;
    private bool _hasService;
    private bool _isPlausible;
    private long _offsetMs;
    private long? _connectedAt;
    private long _markedAt;
    private volatile bool _hasWaited;
    private volatile int _stepsBack;
    private volatile ClockQuality _quality;
    private bool _isMarkFailing;

    public GatewayClock(TimeProvider time, ITimekeeping kernel, ClockFile file, ClockOptions options, ILogger log)
    {
        _time = time;
        _kernel = kernel;
        _file = file;
        _options = options;
        _log = log;
        _startedAt = time.GetTimestamp();
        var mark = file.Read();
        _wasSynchronised = mark is { WasSynchronised: true } && mark.BootId == HostBoot.Id;
        _leastMs = Math.Max(LeastTime.ToUnixTimeMilliseconds(), mark?.NowMs ?? 0);
        var now = time.GetUtcNow();
        _isPlausible = IsPlausible(now);
        _hasService = kernel.HasService;
        Steady = new SteadyTime(time, _isPlausible ? now : DateTimeOffset.FromUnixTimeMilliseconds(_leastMs));
        _quality = Judge();
        if (!_isPlausible)
        {
            ClockLog.NotBelieved(log, now, Steady.GetUtcNow());
        }
    }

    /// <summary>The timeline that readings are taken on.</summary>
    public SteadyTime Steady { get; }

    public ClockQuality Quality => _quality;

    public long NowMs => ToRealMs(Steady.GetUtcNow().ToUnixTimeMilliseconds());

    public int StepsBack => _stepsBack;

    public bool IsWaiting
    {
        get
        {
            if (_hasWaited)
            {
                return false;
            }

            lock (_gate)
            {
                _hasWaited = !IsWorthWaiting();
                return !_hasWaited;
            }
        }
    }

    public long ToRealMs(long steadyMs) => steadyMs + Interlocked.Read(ref _offsetMs);

    /// <summary>The connection to the broker was made or lost.</summary>
    public void OnUplink(bool isConnected)
    {
        lock (_gate)
        {
            _connectedAt = isConnected ? _connectedAt ?? _time.GetTimestamp() : _connectedAt;
        }
    }

    /// <summary>Begins to look after the machine's clock.</summary>
    /// <param name="pulse">Beats with each look; null for nobody who listens.</param>
    public void Start(Pulse? pulse = null) => _running = RunAsync(pulse, _stop.Token);

    /// <summary>Looks no more, and remembers the time for the next run.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>Measures how far the real time is from the steady timeline now.</summary>
    public void Look()
    {
        lock (_gate)
        {
            var quality = Judge();
            _hasService = _kernel.HasService;
            var now = _time.GetUtcNow();
            _isPlausible = IsPlausible(now) || quality == ClockQuality.Synchronised;
            if (_isPlausible)
            {
                Follow(now.ToUnixTimeMilliseconds() - Steady.GetUtcNow().ToUnixTimeMilliseconds());
            }

            var isNews = quality != _quality;
            _quality = quality;
            if (isNews)
            {
                ClockLog.Quality(_log, quality);
            }

            if ((isNews && quality == ClockQuality.Synchronised) || _time.GetElapsedTime(_markedAt) >= MarkInterval)
            {
                Mark();
            }
        }
    }

    private async Task RunAsync(Pulse? pulse, CancellationToken stopping)
    {
        var watching = _kernel.WatchAsync(Look, stopping);
        while (!stopping.IsCancellationRequested)
        {
            Look();
            pulse?.BackWithin(LookInterval);
            await Task.Delay(LookInterval, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        pulse?.Rest();
        Mark();
        try
        {
            await watching;
        }
        catch (IOException exception)
        {
            // Steps were seen by the regular look alone.
            ClockLog.NotWatched(_log, exception.Message);
        }
    }

    private void Follow(long offsetMs)
    {
        var step = offsetMs - _offsetMs;
        if (step == 0)
        {
            return;
        }

        if (Math.Abs(step) >= (long)Moment.TotalMilliseconds)
        {
            ClockLog.Stepped(_log, TimeSpan.FromMilliseconds(step), _time.GetUtcNow());
        }

        Interlocked.Exchange(ref _offsetMs, offsetMs);
        if (step <= -(long)Moment.TotalMilliseconds)
        {
            _stepsBack++;
        }
    }

    private ClockQuality Judge()
    {
        var isSynchronised = _options.IsTrusted ? true : _kernel.IsSynchronised;
        _wasSynchronised |= isSynchronised == true;
        return isSynchronised switch
        {
            true => ClockQuality.Synchronised,
            null => ClockQuality.Unknown,
            _ => _wasSynchronised ? ClockQuality.Holdover : ClockQuality.Unsynchronised,
        };
    }

    /// <summary>A time that is not known, and either cannot be at all or is in the hands of a service that will set it.</summary>
    private bool IsWorthWaiting() =>
        (_quality == ClockQuality.Unsynchronised || !_isPlausible)
        && (!_isPlausible || _hasService)
        && _time.GetElapsedTime(_startedAt) < _options.LongestWait
        && (_connectedAt is not { } connectedAt || _time.GetElapsedTime(connectedAt) < _options.Grace);

    private bool IsPlausible(DateTimeOffset now) => now.ToUnixTimeMilliseconds() >= _leastMs;

    private void Mark()
    {
        // A guess must not be what the next run goes by, unless it is what it went by itself.
        _markedAt = _time.GetTimestamp();
        if (_quality == ClockQuality.Unsynchronised && _isPlausible)
        {
            return;
        }

        try
        {
            _file.Write(new ClockMark(HostBoot.Id, _wasSynchronised, NowMs));
            _isMarkFailing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_isMarkFailing)
            {
                ClockLog.NotMarked(_log, exception.Message);
            }

            _isMarkFailing = true;
        }
    }
}
