namespace IotTelemetry.Edge.Interlocks;

/// <summary>What a point's wear allows: the section <c>interlocks.points</c>. Zero and null do not limit.</summary>
internal sealed record PointInterlockOptions
{
    /// <summary>The longest minimum time that can be configured.</summary>
    public static readonly TimeSpan LongestMinimum = TimeSpan.FromDays(1);

    /// <summary>How long it must have been on before it may be switched off.</summary>
    public TimeSpan MinimumOn { get; init; }

    /// <summary>How long it must have been off before it may be switched on.</summary>
    public TimeSpan MinimumOff { get; init; }

    /// <summary>How often it may be switched on within any hour.</summary>
    public int? StartsPerHour { get; init; }
}
