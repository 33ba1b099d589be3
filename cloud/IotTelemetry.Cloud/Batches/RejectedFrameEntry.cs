using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>A frame that can never be stored, on its way to <c>rejects</c>.</summary>
internal readonly record struct RejectedFrameEntry(GatewaySession Gateway, FrameFacts Facts, Rejection Rejection, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddRejectedFrame(Gateway, Facts, Rejection, Confirmation);
}
