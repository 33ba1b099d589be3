using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>A frame that came again while the first one is on its way.</summary>
internal readonly record struct RepeatEntry(GatewaySession Gateway, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddRepeat(Gateway, Confirmation);
}
