using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Sampling;

/// <summary>When a point is sampled and what of it is reported.</summary>
internal sealed record PointRule
{
    /// <summary>How often a polled point is read.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The change against the last reported value that is worth a reading, in the point's unit; null reports every sample.</summary>
    public double? Deadband { get; init; }

    /// <summary>A value is reported at least this often; null: only by exception.</summary>
    public TimeSpan? MaximumSilence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a digital change must last to be believed; zero believes at once.</summary>
    public TimeSpan Debounce { get; init; }

    public ReportingRule ToReportingRule(BoardPoint point) => new()
    {
        SampleMs = point.Delivery == PointDelivery.Polled ? (long)PollInterval.TotalMilliseconds : null,
        DebounceMs = Debounce > TimeSpan.Zero ? (long)Debounce.TotalMilliseconds : null,
        Deadband = point.Kind == PointKind.Digital ? null : Deadband,
        MaximumSilenceMs = MaximumSilence is { } silence ? (long)silence.TotalMilliseconds : null,
    };
}
