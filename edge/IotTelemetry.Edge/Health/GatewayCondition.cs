namespace IotTelemetry.Edge.Health;

/// <summary>What outbox and uplink say of themselves.</summary>
/// <param name="OutboxFrames">Frames that the cloud has not confirmed.</param>
/// <param name="OutboxBytes">Bytes of the outbox on disk.</param>
/// <param name="ReadingsDropped">Readings that were given up, ever, and that the disk would not take, since the start.</param>
/// <param name="Reconnects">Connections to the broker after the first, since the start.</param>
/// <param name="FramesRefused">Frames that the cloud refused for good, since the start.</param>
/// <param name="IsDiskFailing">Whether the outbox could not be forced to the disk the last time.</param>
internal readonly record struct GatewayCondition(long OutboxFrames, long OutboxBytes, long ReadingsDropped, long Reconnects, long FramesRefused, bool IsDiskFailing);
