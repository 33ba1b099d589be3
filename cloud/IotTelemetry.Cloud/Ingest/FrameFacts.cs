namespace IotTelemetry.Cloud.Ingest;

/// <summary>A frame, without its readings.</summary>
/// <param name="Epoch">The epoch it belongs to.</param>
/// <param name="Seq">Its number in the epoch.</param>
/// <param name="Fingerprint">See <see cref="Ingest.Fingerprint"/>.</param>
/// <param name="Bytes">Its size on the wire.</param>
/// <param name="SealedAtMs">When the gateway closed it, by the gateway's clock, Unix milliseconds.</param>
/// <param name="ReceivedAtMs">When it came in, Unix milliseconds.</param>
/// <param name="ClockIsKnown">False when the gateway says that its clock is a guess: its latency says nothing.</param>
internal readonly record struct FrameFacts(EpochState Epoch, ulong Seq, ulong Fingerprint, int Bytes, long SealedAtMs, long ReceivedAtMs, bool ClockIsKnown);
