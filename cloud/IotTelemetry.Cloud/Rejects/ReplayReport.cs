namespace IotTelemetry.Cloud.Rejects;

/// <summary>The answer of a replay.</summary>
/// <param name="DryRun">True when nothing was changed.</param>
/// <param name="Stored">Frames stored.</param>
/// <param name="Readings">Their readings.</param>
/// <param name="StillBad">Frames that still cannot be stored.</param>
/// <param name="Skipped">Frames that are stored already, whose number is taken, or that are another worker's.</param>
/// <param name="Items">All of them, by gateway, epoch and number.</param>
internal sealed record ReplayReport(bool DryRun, int Stored, long Readings, int StillBad, int Skipped, IReadOnlyList<ReplayItem> Items);
