using System.Globalization;

namespace IotTelemetry.Hardware.Simulation;

/// <summary>
/// A simulated car park or street: each bay has a pushed point <c>occupied</c> and a polled analog point from which a real sensor would derive it
/// (<c>distance_mm</c> of an ultrasonic sensor, <c>field_ut</c> of a magnetometer).
/// </summary>
public sealed class SimulatedParking : IBoard
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly ParkingProfile _profile;
    private readonly TimeProvider _time;
    private readonly SimulatedClock _clock;
    private readonly ParkingModel _model;
    private readonly Random _noise;
    private readonly double[] _emptyLevel;
    private readonly double[] _occupiedLevel;

    private SimulatedParking(ParkingProfile profile, int bays, SimulationOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bays);
        options.Validate();
        _profile = profile;
        _time = time;
        _clock = new SimulatedClock(options, time);
        _model = new ParkingModel(profile, bays, _clock.Start, new Random(options.Seed));

        // Noise draws from its own stream: how often a point is polled must not change who parks when.
        _noise = new Random(options.Seed ^ 0x5EED);
        _emptyLevel = new double[bays];
        _occupiedLevel = new double[bays];
        var assets = new BoardAsset[bays];
        var points = new BoardPoint[bays * 2];
        for (var bay = 0; bay < bays; bay++)
        {
            var sensor = profile.Sensor;
            _emptyLevel[bay] = sensor.Empty + (sensor.EmptySpread * _noise.Normal());
            _occupiedLevel[bay] = _noise.Between(sensor.OccupiedLow, sensor.OccupiedHigh);
            assets[bay] = new BoardAsset(
                string.Create(CultureInfo.InvariantCulture, $"bay-{bay + 1:D3}"),
                "parking_bay",
                null,
                null,
                new Dictionary<string, string> { ["zone"] = string.Create(CultureInfo.InvariantCulture, $"{profile.ZonePrefix}-{(bay / profile.BaysPerZone) + 1}") });
            points[2 * bay] = BoardPoint.Digital(bay, "occupied");
            points[(2 * bay) + 1] = BoardPoint.Analog(bay, sensor.Point, sensor.Unit, sensor.Unit == "mm" ? 1 : 0.1, 0, sensor.Maximum);
        }

        Assets = assets;
        Points = points;
    }

    /// <summary>A car park; 120 bays unless told otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No bays, or an option out of its range.</exception>
    public static SimulatedParking CarPark(SimulationOptions options, TimeProvider time, int bays = 120) => new(ParkingProfile.CarPark, bays, options, time);

    /// <summary>A street; 60 bays unless told otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No bays, or an option out of its range.</exception>
    public static SimulatedParking Street(SimulationOptions options, TimeProvider time, int bays = 60) => new(ParkingProfile.Street, bays, options, time);

    /// <inheritdoc/>
    public string Name => _profile.Name;

    /// <inheritdoc/>
    public IReadOnlyList<BoardAsset> Assets { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BoardPoint> Points { get; }

    /// <inheritdoc/>
    public async Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(sink);

        // What came and went before anybody listened is history: the values pushed first are the present ones, and no later one is older.
        while (TryAdvance(_clock.Now, out _))
        {
        }

        var startedAt = _clock.RealNowMs;
        for (var bay = 0; bay < Assets.Count; bay++)
        {
            sink.Accept(new RawValue(2 * bay, startedAt, _model.IsOccupied(bay) ? 1 : 0, RawQuality.Good));
        }

        while (!stopping.IsCancellationRequested)
        {
            var wait = Deliver(sink);
            await Task.Delay(wait, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public RawValue Read(int point)
    {
        if (Points[point].Delivery != PointDelivery.Polled)
        {
            throw new ArgumentException($"point {Points[point].Name} pushes its values and is not polled", nameof(point));
        }

        var bay = Points[point].Asset;
        lock (_gate)
        {
            var level = _model.IsOccupied(bay) ? _occupiedLevel[bay] : _emptyLevel[bay];
            return new RawValue(point, _clock.RealNowMs, Math.Clamp(level + (_profile.Sensor.Noise * _noise.Normal()), 0, _profile.Sensor.Maximum), RawQuality.Good);
        }
    }

    /// <inheritdoc/>
    public void Write(int point, double value) => throw new ArgumentException($"point {Points[point].Name} is a sensor and cannot be set", nameof(point));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private TimeSpan Deliver(IRawValueSink sink)
    {
        var now = _clock.Now;
        var realNowMs = _clock.RealNowMs;
        while (TryAdvance(now, out var change))
        {
            sink.Accept(new RawValue(2 * change.Bay, _clock.RealTimeOf(change.At, now, realNowMs), change.Occupied ? 1 : 0, RawQuality.Good));
        }

        var wait = _clock.RealDelayUntil(_model.NextAt);
        return wait > LongestWait ? LongestWait : wait < ShortestWait ? ShortestWait : wait;
    }

    private bool TryAdvance(TimeSpan until, out BayChange change)
    {
        lock (_gate)
        {
            if (!_model.TryAdvance(until, out change))
            {
                return false;
            }

            if (change.Occupied)
            {
                // Another vehicle, another height (or amount of steel).
                _occupiedLevel[change.Bay] = _noise.Between(_profile.Sensor.OccupiedLow, _profile.Sensor.OccupiedHigh);
            }

            return true;
        }
    }
}
