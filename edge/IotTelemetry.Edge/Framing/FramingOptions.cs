namespace IotTelemetry.Edge.Framing;

/// <summary>When a frame is closed.</summary>
internal sealed record FramingOptions
{
    /// <summary>Readings in a frame at most, 1 to 10,000.</summary>
    public int MaximumReadings { get; init; } = 500;

    /// <summary>How long the first reading of a frame waits for others at most.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The same readings always make the same bytes: a frame says that it was sealed at the time of its newest reading, by no clock. For readings that come from a file; frames must then be
    /// closed by count alone.
    /// </summary>
    public bool IsReproducible { get; init; }
}
