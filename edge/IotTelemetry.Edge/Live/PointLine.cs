namespace IotTelemetry.Edge.Live;

/// <summary>What a point shows, as <c>iot-edge points</c> tells it: one line of JSON.</summary>
internal sealed record PointLine
{
    /// <summary>The address <c>asset/point</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The value in the unit, after scaling; absent before the first.</summary>
    public double? Value { get; init; }

    public string? Unit { get; init; }

    /// <summary><c>good</c>, <c>uncertain</c> or <c>bad</c>; absent before the first value.</summary>
    public string? Quality { get; init; }

    /// <summary>When it was measured, Unix milliseconds.</summary>
    public long? AtMs { get; init; }

    /// <summary>The value that was last worth a reading; absent before the first and where no agent runs.</summary>
    public double? Reported { get; init; }

    /// <summary>The time of that reading, Unix milliseconds.</summary>
    public long? ReportedAtMs { get; init; }

    public bool Settable { get; init; }
}
