namespace IotTelemetry.Hardware.Sensors;

/// <summary>What every measured point has: name, unit, calibration, plausible range.</summary>
public sealed record MeasuredPointOptions
{
    /// <summary>The point's name, such as <c>distance_mm</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The unit after <see cref="Scale"/>; null for the channel's own, normalised.</summary>
    public string? Unit { get; init; }

    /// <summary>What the normalised value is multiplied with: 30 for a current clamp that gives 1 V at 30 A.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>What is added after the scale.</summary>
    public double Offset { get; init; }

    /// <summary>The smallest step worth transmitting.</summary>
    public double Resolution { get; init; } = 0.001;

    /// <summary>Below this the value is reported as uncertain.</summary>
    public double Minimum { get; init; } = -BoardPoint.NoLimit;

    /// <summary>Above this the value is reported as uncertain.</summary>
    public double Maximum { get; init; } = BoardPoint.NoLimit;

    /// <summary>A digital point derived from this one; null for none.</summary>
    public ThresholdOptions? Threshold { get; init; }

    internal double Calibrate(double value) => (value * Scale) + Offset;

    internal RawQuality Judge(double value) => value >= Minimum && value <= Maximum ? RawQuality.Good : RawQuality.Uncertain;
}
