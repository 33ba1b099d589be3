using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>A point that a select has reserved for its operate.</summary>
/// <param name="Id">The command that holds it.</param>
/// <param name="Value">The value it announced.</param>
/// <param name="Until">A <see cref="TimeProvider"/> timestamp: reservations run on the monotonic clock.</param>
internal readonly record struct Reservation(Guid Id, PointValue Value, long Until);
