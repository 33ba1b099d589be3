namespace IotTelemetry.Hardware.Sensors;

/// <summary>A digital point derived from a measured one: on beyond a limit, off again beyond the limit and the hysteresis.</summary>
public sealed record ThresholdOptions
{
    /// <summary>The digital point's name, such as <c>occupied</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The limit, in the measured point's unit.</summary>
    public required double Limit { get; init; }

    /// <summary>On above the limit; otherwise on below it.</summary>
    public bool Above { get; init; }

    /// <summary>How far the value must come back; 0 or more.</summary>
    public double Hysteresis { get; init; }
}
