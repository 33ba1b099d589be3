using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Sampling;

/// <summary>A value that is worth reporting.</summary>
internal readonly record struct Reading(long TimestampMs, double Value, Quality Quality);
