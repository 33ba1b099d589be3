using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Counts pulses into a durable total; a pulse is an edge to logical 1.</summary>
internal sealed class PulseMeter : ILineHandler, ILoopTask
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly PulseMeterOptions _options;
    private readonly BoardBuilder _board;
    private readonly string _use;
    private readonly string _path;
    private PulseTotal? _total;
    private bool _level;
    private bool _levelKnown;
    private bool _available;
    private bool _doubtful;
    private long _lastPulseNs;
    private long _periodNs;
    private EpollLoop? _loop;

    private PulseMeter(PulseMeterOptions options, BoardBuilder board, int asset)
    {
        _options = options;
        _board = board;
        _use = board.Use(asset, options.Point);
        _path = Path.Combine(board.Options.StateDirectory, $"{board.Options.Assets[asset].Asset.Id}.{options.Point}.total");
    }

    public static void Build(PulseMeterOptions options, BoardBuilder board, int asset)
    {
        var meter = new PulseMeter(options, board, asset);
        board.Lines.Add(new BoardLine(options.Line, meter._use, meter));
        board.Tasks.Add(meter);
        var total = board.Add(BoardPoint.Counter(asset, options.Point, options.Unit, options.UnitPerPulse));
        board.Sources.Add(total, new Source(meter, total, static m => m.Total));
        if (options.RatePoint is { } ratePoint)
        {
            var rate = board.Add(BoardPoint.Analog(asset, ratePoint, options.Unit == "Wh" ? "W" : options.Unit + "/h", 1, 0, 1e9));
            board.Sources.Add(rate, new Source(meter, rate, static m => m.RatePerHour));
        }
    }

    /// <inheritdoc/>
    public void Start(EpollLoop loop)
    {
        _loop = loop;
        lock (_gate)
        {
            _total ??= PulseTotal.Open(_path, (total, cause) => BoardLog.TotalDamaged(_board.Logger, _use, total, cause));
        }

        loop.After(SyncInterval, SyncAgain);
    }

    /// <inheritdoc/>
    public void OnHeld(bool value, long timestampMs)
    {
        lock (_gate)
        {
            // Pulses while the line was not held are gone, and nobody can say how many.
            _doubtful |= _levelKnown && !_available;
            _available = true;
            _level = value;
            _levelKnown = true;
            _lastPulseNs = 0;
        }
    }

    /// <inheritdoc/>
    public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost)
    {
        lock (_gate)
        {
            // Edges alternate, so the kernel's count of lost ones tells exactly how many pulses were among them.
            var pulses = PulseArithmetic.Pulses(_level, value, lost);
            _level = value;
            if (pulses == 0)
            {
                return;
            }

            if (_lastPulseNs != 0 && timestampNs > _lastPulseNs)
            {
                _periodNs = (timestampNs - _lastPulseNs) / pulses;
            }

            _lastPulseNs = timestampNs;
            Store(pulses);
        }
    }

    /// <inheritdoc/>
    public void OnReleased(long timestampMs)
    {
        lock (_gate)
        {
            _available = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _total?.Dispose();
            _total = null;
        }
    }

    private double Total => (_total?.Count ?? 0) * _options.UnitPerPulse;

    private double RatePerHour
    {
        get
        {
            if (_periodNs == 0)
            {
                return 0;
            }

            // Without a pulse the rate can only be lower than one pulse in the time since the last.
            var now = _board.Options.EventClock == Gpio.GpioEventClock.Realtime ? KernelClock.RealtimeNs : KernelClock.MonotonicNs;
            return _options.UnitPerPulse * 3600e9 / Math.Max(_periodNs, now - _lastPulseNs);
        }
    }

    private void Store(uint pulses)
    {
        try
        {
            _total!.Add(pulses);
        }
        catch (IOException e)
        {
            BoardLog.TotalNotStored(_board.Logger, _use, e.Message);
        }
    }

    private void SyncAgain()
    {
        lock (_gate)
        {
            try
            {
                _total?.Sync();
            }
            catch (IOException e)
            {
                BoardLog.TotalNotStored(_board.Logger, _use, e.Message);
            }
        }

        _loop!.After(SyncInterval, SyncAgain);
    }

    private sealed class Source(PulseMeter meter, int point, Func<PulseMeter, double> value) : IPolledSource
    {
        public RawValue Read()
        {
            lock (meter._gate)
            {
                var quality = !meter._available ? RawQuality.Bad : meter._doubtful ? RawQuality.Uncertain : RawQuality.Good;
                meter._doubtful = false;
                return new RawValue(point, meter._board.Time.GetUtcNow().ToUnixTimeMilliseconds(), value(meter), quality);
            }
        }

        public void Dispose()
        {
        }
    }
}
