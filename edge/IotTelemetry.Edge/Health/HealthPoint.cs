using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Health;

/// <summary>One health point and how it is read.</summary>
/// <param name="Point">What it is.</param>
/// <param name="Read">Its value now.</param>
internal sealed record HealthPoint(BoardPoint Point, Func<double> Read);
