namespace IotTelemetry.Protocol;

/// <summary>When the gateway reports a point. All members are optional; a point without a rule is reported at every sample.</summary>
public sealed record ReportingRule
{
    /// <summary>How often the point is sampled, in milliseconds.</summary>
    public long? SampleMs { get; init; }

    /// <summary>How long a digital change must last before it is reported, in milliseconds.</summary>
    public long? DebounceMs { get; init; }

    /// <summary>The change against the last reported value that is reported, in the point's unit.</summary>
    public double? Deadband { get; init; }

    /// <summary>The same in percent of the last reported value; of both the wider counts.</summary>
    public double? DeadbandPercent { get; init; }

    /// <summary>At most one reading is reported in this time, in milliseconds.</summary>
    public long? MinimumIntervalMs { get; init; }

    /// <summary>The longest silence, in milliseconds: after it the value is reported though it has not changed.</summary>
    public long? MaximumSilenceMs { get; init; }
}
