namespace IotTelemetry.Hardware.Simulation;

/// <summary>A value by hour of day, straight lines between the hours, the same every day.</summary>
internal sealed class DailyCurve
{
    private readonly double[] _hours;

    public DailyCurve(params double[] hours)
    {
        if (hours.Length != 24)
        {
            throw new ArgumentException($"a day has 24 hours, {hours.Length} values given", nameof(hours));
        }

        _hours = hours;
        Peak = hours.Max();
    }

    public double Peak { get; }

    public double At(TimeSpan time)
    {
        var hour = time.TotalHours % 24;
        var from = (int)hour;
        var share = hour - from;
        return (_hours[from] * (1 - share)) + (_hours[(from + 1) % 24] * share);
    }
}
