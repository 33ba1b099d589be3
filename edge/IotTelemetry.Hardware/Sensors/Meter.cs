using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>A durable total with its rate, whatever counts the pulses.</summary>
internal abstract class Meter : ILoopTask
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(60);

    private readonly PulseMeterOptions _options;
    private readonly BoardBuilder _board;
    private readonly string _path;
    private PulseTotal? _total;
    private EpollLoop? _loop;

    protected Meter(PulseMeterOptions options, BoardBuilder board, int asset)
    {
        _options = options;
        _board = board;
        Use = board.Use(asset, options.Point);
        _path = Path.Combine(board.Options.StateDirectory, $"{board.Options.Assets[asset].Asset.Id}.{options.Point}.total");
        var total = board.Add(BoardPoint.Counter(asset, options.Point, options.Unit, options.UnitPerPulse));
        board.Sources.Add(total, new Source(this, total, static m => m.Pulses * m._options.UnitPerPulse));
        if (options.RatePoint is { } ratePoint)
        {
            var rate = board.Add(BoardPoint.Analog(asset, ratePoint, options.Unit == "Wh" ? "W" : options.Unit + "/h", 1, 0, options.MaximumRate ?? BoardPoint.NoLimit));
            board.Sources.Add(rate, new Source(this, rate, static m => m.RatePerHour));
        }

        board.Tasks.Add(this);
    }

    /// <summary>What it is called in messages.</summary>
    public string Use { get; }

    /// <summary>Guards everything below: pulses come on the loop, readers from any thread.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>False while nothing counts.</summary>
    protected bool Available { get; set; }

    /// <summary>Pulses may have been missed since the total was last read.</summary>
    protected bool Doubtful { get; set; }

    /// <summary>When the last pulse came, by <see cref="NowNs"/>; 0 for none yet.</summary>
    protected long LastPulseNs { get; set; }

    /// <summary>Time from pulse to pulse; 0 for not known yet.</summary>
    protected long PeriodNs { get; set; }

    /// <summary>The moment up to which pulses are known, by their clock.</summary>
    protected abstract long NowNs { get; }

    /// <summary>Pulses so far.</summary>
    protected ulong Pulses => _total?.Count ?? 0;

    /// <summary>The total's file; what else a meter must remember lies beside it.</summary>
    protected string TotalPath => _path;

    // Without a pulse the rate can only be lower than one pulse in the time since the last.
    private double RatePerHour => PeriodNs == 0 ? 0 : _options.UnitPerPulse * 3600e9 / Math.Max(PeriodNs, NowNs - LastPulseNs);

    /// <inheritdoc/>
    public virtual void Start(EpollLoop loop)
    {
        _loop = loop;
        OpenTotal();
        loop.After(SyncInterval, SyncAgain);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            _total?.Dispose();
            _total = null;
        }
    }

    /// <summary>Opens the durable total.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    protected void OpenTotal()
    {
        lock (Gate)
        {
            _total ??= PulseTotal.Open(_path, (total, cause) => BoardLog.TotalDamaged(_board.Logger, Use, total, cause));
        }
    }

    /// <summary>Counts; under <see cref="Gate"/>.</summary>
    protected void Store(ulong pulses)
    {
        try
        {
            _total!.Add(pulses);
        }
        catch (IOException e)
        {
            BoardLog.TotalNotStored(_board.Logger, Use, e.Message);
        }
    }

    private void SyncAgain()
    {
        lock (Gate)
        {
            try
            {
                _total?.Sync();
            }
            catch (IOException e)
            {
                BoardLog.TotalNotStored(_board.Logger, Use, e.Message);
            }
        }

        _loop!.After(SyncInterval, SyncAgain);
    }

    private sealed class Source(Meter meter, int point, Func<Meter, double> value) : IPolledSource
    {
        public RawValue Read()
        {
            lock (meter.Gate)
            {
                var quality = !meter.Available ? RawQuality.Bad : meter.Doubtful ? RawQuality.Uncertain : RawQuality.Good;
                meter.Doubtful = false;
                return new RawValue(point, meter._board.Time.GetUtcNow().ToUnixTimeMilliseconds(), value(meter), quality);
            }
        }

        public void Dispose()
        {
        }
    }
}
