using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Sampling;

/// <summary>When a point is sampled, what is made of its raw value, and what of it is reported. The keys that set it are in <see cref="Configuration.SamplingSection"/>.</summary>
internal sealed record PointRule
{
    /// <summary>How often a polled point is read.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a read may take before the sensor counts as one that hangs.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How old a polled value may become before it says nothing any more: longer than a hanging read and a lane with much to do take, so only a polling that has stopped comes so far.</summary>
    public TimeSpan BelievedFor => (2 * PollInterval) + ReadTimeout + Liveness.Patience;

    /// <summary>What the raw value is multiplied with.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>What is added after <see cref="Scale"/>.</summary>
    public double Offset { get; init; }

    /// <summary>The unit of the scaled value; null for the board's.</summary>
    public string? Unit { get; init; }

    /// <summary>Samples of which the median is taken against spikes, an odd number; 1 takes each as it is. For analog points.</summary>
    public int MedianOf { get; init; } = 1;

    /// <summary>A raw value that stays exactly the same for so long shows a sensor that is stuck: every real one has noise. Null: never. For analog points.</summary>
    public TimeSpan? StuckAfter { get; init; }

    /// <summary>Without a sample for so long the last value is reported as stale; null: never. For a pushed point silence is otherwise no news.</summary>
    public TimeSpan? StaleAfter { get; init; }

    /// <summary>
    /// The change against the last reported value that is worth a reading, in the point's unit; null, without <see cref="DeadbandPercent"/>, reports every sample. Of both, the wider counts.
    /// </summary>
    public double? Deadband { get; init; }

    /// <summary>The same in percent of the last reported value.</summary>
    public double? DeadbandPercent { get; init; }

    /// <summary>A value is reported at least this often; null: only by exception.</summary>
    public TimeSpan? MaximumSilence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>At most one reading in this time; of those that come sooner the newest is reported when it is over. Zero: no limit.</summary>
    public TimeSpan MinimumInterval { get; init; }

    /// <summary>How long a digital change must last to be believed; zero believes at once.</summary>
    public TimeSpan Debounce { get; init; }

    public ReportingRule ToReportingRule(BoardPoint point) => new()
    {
        SampleMs = point.Delivery == PointDelivery.Polled ? (long)PollInterval.TotalMilliseconds : null,
        DebounceMs = Debounce > TimeSpan.Zero ? (long)Debounce.TotalMilliseconds : null,
        Deadband = point.Kind == PointKind.Digital ? null : Deadband,
        DeadbandPercent = point.Kind == PointKind.Digital ? null : DeadbandPercent,
        MaximumSilenceMs = MaximumSilence is { } silence ? (long)silence.TotalMilliseconds : null,
        MinimumIntervalMs = MinimumInterval > TimeSpan.Zero ? (long)MinimumInterval.TotalMilliseconds : null,
    };
}
