using IotTelemetry.Edge.Live;

namespace IotTelemetry.Edge.Commands;

/// <summary>What the feedback showed within its time.</summary>
/// <param name="IsShown">Whether it showed the value that was set.</param>
/// <param name="Seen">What it showed last; null when nothing that could be used.</param>
internal readonly record struct FeedbackOutcome(bool IsShown, LiveValue? Seen);
