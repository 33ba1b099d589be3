namespace IotTelemetry.Cloud.Batches;

/// <summary>A reading in a batch.</summary>
/// <param name="TimestampMs">Its time, Unix milliseconds.</param>
/// <param name="Number">Its value, 0 for a text.</param>
/// <param name="Point">Its point, by the birth of its run.</param>
/// <param name="Run">The run that it came in.</param>
/// <param name="Text">Key of its text; 0 for none.</param>
/// <param name="Quality">Its quality.</param>
internal readonly record struct ReadingRow(long TimestampMs, double Number, int Point, int Run, int Text, byte Quality);
