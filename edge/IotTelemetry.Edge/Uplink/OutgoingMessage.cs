using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Uplink;

/// <summary>What a lane sends next on the telemetry topic.</summary>
/// <param name="Lane">Whose epoch it is of.</param>
/// <param name="Frame">The frame, whose buffer is given back once the message is answered; null for a position.</param>
/// <param name="Payload">The bytes.</param>
internal readonly record struct OutgoingMessage(EpochLane Lane, OutboxFrame? Frame, ReadOnlyMemory<byte> Payload);
