namespace IotTelemetry.Protocol;

/// <summary>
/// The range a point's values are expected in, inclusive, in the point's unit; a reading outside has <see cref="Quality.OutOfRange"/>, a command outside
/// is rejected.
/// </summary>
public sealed record ValueRange
{
    /// <summary>The least value, or null for none.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest value, or null for none.</summary>
    public double? Maximum { get; init; }

    /// <summary>Whether <paramref name="value"/> lies within; NaN never does.</summary>
    public bool Contains(double value) => value >= (Minimum ?? double.NegativeInfinity) && value <= (Maximum ?? double.PositiveInfinity);
}
