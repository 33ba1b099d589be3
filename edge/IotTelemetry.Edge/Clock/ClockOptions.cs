namespace IotTelemetry.Edge.Clock;

/// <summary>What is configured about the clock: the section <c>clock</c>.</summary>
internal sealed record ClockOptions
{
    /// <summary>The machine's clock is right though its kernel does not say so: a virtual machine, a clock kept by other means.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>How long readings wait, once the broker is connected, for a time service to set the clock.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long readings wait for the time without a connection.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(10);
}
