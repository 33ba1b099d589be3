using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>Bytes that are no frame, no birth and no status, on their way to <c>rejects</c>.</summary>
internal readonly record struct RejectedMessageEntry(GatewaySession? Gateway, Rejection Rejection, ulong Fingerprint, long ReceivedAtMs, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddRejectedMessage(Gateway, Rejection, Fingerprint, ReceivedAtMs, Confirmation);
}
