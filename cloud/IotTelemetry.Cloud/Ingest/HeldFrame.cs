namespace IotTelemetry.Cloud.Ingest;

/// <summary>A frame that waits for its birth: a copy, because the broker's memory is only lent.</summary>
internal sealed record HeldFrame(byte[] Topic, byte[] Payload, string Client, long ReceivedAtMs, Confirmation Confirmation);
