using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>What readings of one frame have in common.</summary>
internal readonly record struct ReadingRun(GatewaySession Gateway, PreparedBirth Birth, ulong Epoch, ulong Sequence, long ReceivedAtMs);
