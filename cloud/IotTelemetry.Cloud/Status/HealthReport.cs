namespace IotTelemetry.Cloud.Status;

/// <summary>The answer of <c>GET /health/…</c>, with 200 or 503.</summary>
/// <param name="Status"><c>live</c>, <c>ready</c> or <c>unavailable</c>.</param>
/// <param name="Problem">Why it is unavailable.</param>
/// <param name="Note">What is not as it will be soon, though it is available; null for nothing.</param>
internal sealed record HealthReport(string Status, string? Problem, string? Note = null);
