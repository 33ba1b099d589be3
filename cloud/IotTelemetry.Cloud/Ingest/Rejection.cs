using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>A message that can never be stored, and why. The memory is lent for as long as the call that passes it.</summary>
internal readonly record struct Rejection(RefusalReason Reason, string Detail, ReadOnlyMemory<byte> Topic, string Client, ReadOnlyMemory<byte> Payload);
