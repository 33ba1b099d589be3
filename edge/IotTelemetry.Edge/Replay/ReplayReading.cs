namespace IotTelemetry.Edge.Replay;

/// <summary>One reading of a file.</summary>
/// <param name="Point">Index in <see cref="IReplaySource.Points"/>.</param>
/// <param name="TimestampMs">Unix milliseconds, strictly rising per point.</param>
/// <param name="Value">The value in the point's unit.</param>
internal readonly record struct ReplayReading(int Point, long TimestampMs, double Value);
