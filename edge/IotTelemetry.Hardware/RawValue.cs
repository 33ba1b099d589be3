namespace IotTelemetry.Hardware;

/// <summary>One value as a driver got it, before any filter.</summary>
/// <param name="Point">The point's index in <see cref="IBoard.Points"/>.</param>
/// <param name="TimestampMs">When it was true, in milliseconds since 1970-01-01 UTC, as near to the event as the kernel or the bus can say.</param>
/// <param name="Value">The value in the point's unit; 0 or 1 for a digital point.</param>
/// <param name="Quality">How far it can be trusted.</param>
public readonly record struct RawValue(int Point, long TimestampMs, double Value, RawQuality Quality);
