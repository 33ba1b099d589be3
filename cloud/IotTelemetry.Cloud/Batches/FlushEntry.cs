using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Batches;

/// <summary>Nothing to store: its sender learns when everything that was added before is stored.</summary>
internal readonly record struct FlushEntry(Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddFlush(Confirmation);
}
