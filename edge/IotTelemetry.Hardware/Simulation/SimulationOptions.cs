namespace IotTelemetry.Hardware.Simulation;

/// <summary>How a simulated board behaves. The same options and the same clock give the same behaviour.</summary>
public sealed record SimulationOptions
{
    /// <summary>Lowest speed-up: real time.</summary>
    public const double MinimumSpeed = 1;

    /// <summary>Highest speed-up: a day in 8.6 s.</summary>
    public const double MaximumSpeed = 10_000;

    /// <summary>Seed of every random choice.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Simulated seconds per real second, 1 to 10,000. It hastens behaviour alone: the timestamps of values are the real clock's.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>The time of day at which the simulation begins; null begins at the real clock's time of day (UTC).</summary>
    public TimeSpan? StartAt { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside what its description allows.</exception>
    public SimulationOptions Validate()
    {
        if (!(Speed is >= MinimumSpeed and <= MaximumSpeed))
        {
            throw new ArgumentOutOfRangeException(nameof(Speed), Speed, $"speed must be {MinimumSpeed} to {MaximumSpeed}");
        }

        if (StartAt is { } start && (start < TimeSpan.Zero || start >= TimeSpan.FromDays(1)))
        {
            throw new ArgumentOutOfRangeException(nameof(StartAt), StartAt, "startAt must be a time of day, 00:00:00 to 23:59:59");
        }

        return this;
    }
}
