using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>A frame whose number is taken by other bytes, on its way to <c>rejects</c>.</summary>
internal readonly record struct ContradictionEntry(GatewaySession Gateway, FrameFacts Facts, Rejection Rejection, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddContradiction(Gateway, Facts, Rejection, Confirmation);
}
