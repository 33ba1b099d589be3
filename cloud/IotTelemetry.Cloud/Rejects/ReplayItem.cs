namespace IotTelemetry.Cloud.Rejects;

/// <summary>One reject in the answer of a replay.</summary>
/// <param name="Gateway"><c>site/gateway</c>.</param>
/// <param name="Epoch">Of the frame.</param>
/// <param name="Seq">Of the frame.</param>
/// <param name="Outcome">See <see cref="ReplayOutcome"/>.</param>
/// <param name="Readings">How many the frame has; 0 when it does not decode.</param>
/// <param name="Detail">Why it still cannot be stored; null otherwise.</param>
internal sealed record ReplayItem(string Gateway, ulong Epoch, ulong Seq, ReplayOutcome Outcome, int Readings, string? Detail);
