namespace IotTelemetry.Protocol;

/// <summary>Every frame of <paramref name="Epoch"/> up to and with <paramref name="Seq"/> is stored, or refused and kept apart.</summary>
/// <param name="Epoch">The outbox epoch.</param>
/// <param name="Seq">The last sequence number of which that is true.</param>
public sealed record EpochCursor(ulong Epoch, ulong Seq);
