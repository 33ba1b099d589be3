using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Rejects;

/// <summary>A message in the table <c>rejects</c>.</summary>
internal sealed record StoredReject(GatewayId Gateway, ulong Epoch, ulong Seq, ulong Fingerprint, string Reason, long ReceivedAtMs, byte[] Payload);
