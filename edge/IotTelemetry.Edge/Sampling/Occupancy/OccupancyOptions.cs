namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>How a digital point is derived from what a sensor over, in or beside a bay measures. The keys that set it are in <see cref="Configuration.OccupancySection"/>.</summary>
internal sealed record OccupancyOptions
{
    /// <summary>The derived point's name, such as <c>occupied</c>.</summary>
    public required string Point { get; init; }

    public required OccupancyMethod Method { get; init; }

    /// <summary>The points it is derived from: one distance, or one to three axes of a field.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>How far from the empty bay a vehicle is, in the sources' unit; greater than 0.</summary>
    public required double Change { get; init; }

    /// <summary>How far below <see cref="Change"/> the bay is free again; 0 to <see cref="Change"/>.</summary>
    public double Hysteresis { get; init; }

    /// <summary>What the empty bay measures, where it is known from the mounting; null: it is calibrated.</summary>
    public double? Empty { get; init; }

    /// <summary>How long a calibration watches the empty bay.</summary>
    public TimeSpan Calibration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How fast the baseline may follow the free bay, in the sources' unit per hour: snow, temperature, age.</summary>
    public double DriftPerHour { get; init; }

    /// <summary>How far it may ever get from what was calibrated.</summary>
    public double MaximumDrift { get; init; }

    /// <summary>A source that has not changed to the last bit for so long is stuck.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The settable point that starts a calibration.</summary>
    public string CalibratePoint => Point + "_calibrate";
}
