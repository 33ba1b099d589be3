namespace IotTelemetry.Hardware.Sensors;

/// <summary>Gathers readings one by one (Welford's method, which does not lose digits to a large bias).</summary>
internal struct SampleStatistics
{
    private double _mean;
    private double _squares;

    /// <summary>Readings so far.</summary>
    public int Count { get; private set; }

    public void Add(double value)
    {
        Count++;
        var delta = value - _mean;
        _mean += delta / Count;
        _squares += delta * (value - _mean);
    }

    /// <summary>The value of what was gathered; 0 of nothing.</summary>
    public readonly double Value(SampleStatistic statistic) => statistic == SampleStatistic.Mean ? _mean
        : Count == 0 ? 0
        : Math.Sqrt(_squares / Count);
}
