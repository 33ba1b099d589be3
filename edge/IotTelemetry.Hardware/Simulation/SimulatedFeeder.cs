using System.Globalization;

namespace IotTelemetry.Hardware.Simulation;

/// <summary>
/// A simulated low-voltage feeder: a meter (<c>power_w</c>, <c>voltage_v</c>, <c>current_a</c>, <c>frequency_hz</c>, <c>energy_wh</c>) and switchable loads,
/// each with a settable output <c>state</c>, the auxiliary contact <c>closed</c> that follows 15 to 45 ms later, and its <c>power_w</c>.
/// </summary>
public sealed class SimulatedFeeder : IBoard
{
    private const int MeterPoints = 5;
    private const int PointsPerLoad = 3;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly SimulatedClock _clock;
    private readonly FeederModel _model;
    private readonly Random _contact;
    private readonly bool[] _commanded;
    private readonly Queue<RawValue> _changed = new();
    private readonly PriorityQueue<int, long> _contactMoves = new();

    /// <summary>A feeder; 40 loads unless told otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No loads, or an option out of its range.</exception>
    public SimulatedFeeder(SimulationOptions options, TimeProvider time, int loads = 40)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(loads);
        options.Validate();
        _time = time;
        _clock = new SimulatedClock(options, time);
        _model = new FeederModel(loads, _clock.Start, options.Seed);
        _contact = new Random(options.Seed ^ 0xC0);
        _commanded = new bool[loads];
        Array.Fill(_commanded, true);

        var assets = new List<BoardAsset> { new("feeder", "feeder", null, null, new Dictionary<string, string>()) };
        var points = new List<BoardPoint>
        {
            BoardPoint.Analog(0, "power_w", "W", 1, 0, 1e6),
            BoardPoint.Analog(0, "voltage_v", "V", 0.1, 0, 300),
            BoardPoint.Analog(0, "current_a", "A", 0.1, 0, 2000),
            BoardPoint.Analog(0, "frequency_hz", "Hz", 0.001, 45, 55),
            BoardPoint.Counter(0, "energy_wh", "Wh", 1),
        };
        for (var load = 0; load < loads; load++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"load-{load + 1:D2}");
            assets.Add(new BoardAsset(id, _model.Profile(load).AssetKind, null, null, new Dictionary<string, string> { ["feeder"] = "feeder" }));
            points.Add(BoardPoint.Digital(load + 1, "state", settable: true));
            points.Add(BoardPoint.Digital(load + 1, "closed"));
            points.Add(BoardPoint.Analog(load + 1, "power_w", "W", 1, 0, 50_000));
        }

        Assets = assets;
        Points = points;
    }

    /// <inheritdoc/>
    public string Name => "simulated-feeder";

    /// <inheritdoc/>
    public IReadOnlyList<BoardAsset> Assets { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BoardPoint> Points { get; }

    /// <inheritdoc/>
    public async Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(sink);
        lock (_gate)
        {
            _changed.Clear();
            var nowMs = _clock.RealNowMs;
            for (var load = 0; load < _commanded.Length; load++)
            {
                _changed.Enqueue(new RawValue(StatePoint(load), nowMs, _commanded[load] ? 1 : 0, RawQuality.Good));
                _changed.Enqueue(new RawValue(StatePoint(load) + 1, nowMs, _model.IsClosed(load) ? 1 : 0, RawQuality.Good));
            }
        }

        while (!stopping.IsCancellationRequested)
        {
            while (TryNext(out var value))
            {
                sink.Accept(value);
            }

            await Task.Delay(Tick, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public RawValue Read(int point)
    {
        if (Points[point].Delivery != PointDelivery.Polled)
        {
            throw new ArgumentException($"point {Points[point].Name} pushes its values and is not polled", nameof(point));
        }

        lock (_gate)
        {
            MoveContacts();
            _model.AdvanceTo(_clock.Now);
            var value = point switch
            {
                0 => _model.Measured(_model.PowerW()),
                1 => _model.VoltageV(),
                2 => _model.Measured(_model.CurrentA()),
                3 => _model.FrequencyHz(),
                4 => _model.EnergyWh,
                _ => _model.Measured(_model.LoadPowerW((point - MeterPoints) / PointsPerLoad)),
            };
            return new RawValue(point, _clock.RealNowMs, value, RawQuality.Good);
        }
    }

    /// <inheritdoc/>
    public void Write(int point, double value)
    {
        if (!Points[point].Settable)
        {
            throw new ArgumentException($"point {Points[point].Name} of {Assets[Points[point].Asset].Id} cannot be set", nameof(point));
        }

        if (value is not (0 or 1))
        {
            throw new ArgumentException($"state must be 0 (open) or 1 (closed), not {value}", nameof(value));
        }

        var load = (point - MeterPoints) / PointsPerLoad;
        lock (_gate)
        {
            var nowMs = _clock.RealNowMs;
            _commanded[load] = value == 1;
            _changed.Enqueue(new RawValue(point, nowMs, value, RawQuality.Good));

            // A contactor's armature takes 15 to 45 ms of real time to move, however fast the rest of the world runs.
            _contactMoves.Enqueue(load, nowMs + (long)_contact.Between(15, 45));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int StatePoint(int load) => MeterPoints + (load * PointsPerLoad);

    private bool TryNext(out RawValue value)
    {
        lock (_gate)
        {
            MoveContacts();
            return _changed.TryDequeue(out value);
        }
    }

    private void MoveContacts()
    {
        var nowMs = _clock.RealNowMs;
        while (_contactMoves.TryPeek(out var load, out var at) && at <= nowMs)
        {
            _contactMoves.Dequeue();
            if (_model.IsClosed(load) != _commanded[load])
            {
                _model.AdvanceTo(_clock.Now);
                _model.Switch(load, _commanded[load]);
                _changed.Enqueue(new RawValue(StatePoint(load) + 1, at, _commanded[load] ? 1 : 0, RawQuality.Good));
            }
        }
    }
}
