using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Live;

/// <summary>What a point showed last, before any filter.</summary>
/// <param name="Value">The value in the point's unit.</param>
/// <param name="Quality">How far the driver trusts it.</param>
/// <param name="TimestampMs">When it was taken, on the steady timeline, milliseconds.</param>
/// <param name="At">When it came, or when the reading of it began: a <see cref="TimeProvider"/> timestamp.</param>
internal readonly record struct LiveValue(double Value, RawQuality Quality, long TimestampMs, long At);
