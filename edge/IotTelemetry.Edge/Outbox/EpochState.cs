namespace IotTelemetry.Edge.Outbox;

/// <summary>An epoch as the uplink sees it.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="LastSeq">The last frame appended; 0 when there is none.</param>
/// <param name="ConfirmedSeq">Every frame up to it is stored by the cloud.</param>
/// <param name="Birth">The encoded birth that describes its frames.</param>
internal readonly record struct EpochState(ulong Epoch, ulong LastSeq, ulong ConfirmedSeq, ReadOnlyMemory<byte> Birth);
