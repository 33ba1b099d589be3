using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>Whether one bay is occupied, from what its sensor measures. Not thread-safe.</summary>
internal sealed class OccupancyTracker
{
    private readonly OccupancyOptions _options;
    private readonly RawValue?[] _latest;
    private readonly double[] _values;
    private readonly StuckDetector[] _stuck;
    private CalibrationRun? _run;
    private bool _occupied;
    private long? _driftedMs;

    public OccupancyTracker(OccupancyOptions options, Calibration? calibration)
    {
        _options = options;
        _latest = new RawValue?[options.Sources.Count];
        _values = new double[options.Sources.Count];
        _stuck = [.. options.Sources.Select(_ => new StuckDetector(options.StuckAfter))];
        Calibration = calibration ?? (options.Empty is { } empty ? new Calibration([empty], [empty], 0) : null);
    }

    /// <summary>What the empty bay measures; null while nobody has told.</summary>
    public Calibration? Calibration { get; private set; }

    public bool IsCalibrating => _run is not null;

    /// <summary>The bay is empty now, says a person.</summary>
    public void BeginCalibration() => _run = new CalibrationRun(_options);

    /// <summary>The calibration before stays.</summary>
    public void EndCalibration() => _run = null;

    /// <summary>Takes a value of one source.</summary>
    /// <returns>
    /// Whether the bay is occupied, with the worst quality of the sources; bad without a calibration. Null while sources are missing. Its point is that of <paramref name="value"/>.
    /// </returns>
    public RawValue? Take(int source, in RawValue value)
    {
        _latest[source] = _stuck[source].IsStuck(value) ? value with { Quality = RawQuality.Bad } : value;
        var quality = RawQuality.Good;
        for (var i = 0; i < _latest.Length; i++)
        {
            if (_latest[i] is not { } latest)
            {
                return null;
            }

            quality = latest.Quality > quality ? latest.Quality : quality;
            _values[i] = latest.Value;
        }

        if (quality == RawQuality.Good && _run?.Take(_values, value.TimestampMs) is { } calibrated)
        {
            Calibration = calibrated;
            _driftedMs = value.TimestampMs;
            _run = null;
        }

        if (Calibration is not { } calibration || quality == RawQuality.Bad)
        {
            return value with { Value = _occupied ? 1 : 0, Quality = RawQuality.Bad };
        }

        var deviation = Deviation(calibration.Baseline);
        _occupied = deviation > _options.Change || (_occupied && deviation > _options.Change - _options.Hysteresis);
        if (quality == RawQuality.Good)
        {
            Drift(calibration, value.TimestampMs);
        }

        return value with { Value = _occupied ? 1 : 0, Quality = quality };
    }

    /// <summary>How far apart two samples are.</summary>
    internal static double Distance(double[] a, double[] b)
    {
        double squares = 0;
        for (var i = 0; i < a.Length; i++)
        {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(squares);
    }

    // Beyond the floor is nothing; a field may be bent either way.
    private double Deviation(double[] baseline) => _options.Method == OccupancyMethod.Distance ? baseline[0] - _values[0] : Distance(baseline, _values);

    /// <summary>Lets the baseline follow a bay that is clearly free, no faster and no further than allowed.</summary>
    private void Drift(Calibration calibration, long atMs)
    {
        var hours = Math.Clamp((atMs - (_driftedMs ?? atMs)) / 3_600_000.0, 0, 1);
        _driftedMs = atMs;
        if (_occupied || _options.DriftPerHour <= 0 || Distance(calibration.Baseline, _values) > _options.Change / 2)
        {
            return;
        }

        for (var i = 0; i < _values.Length; i++)
        {
            var step = Math.Clamp(_values[i] - calibration.Baseline[i], -_options.DriftPerHour * hours, _options.DriftPerHour * hours);
            calibration.Baseline[i] = Math.Clamp(
                calibration.Baseline[i] + step, calibration.Calibrated[i] - _options.MaximumDrift, calibration.Calibrated[i] + _options.MaximumDrift);
        }
    }
}
