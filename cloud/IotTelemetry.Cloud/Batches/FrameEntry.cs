using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>A decoded frame on its way into a batch.</summary>
internal readonly record struct FrameEntry(GatewaySession Gateway, PreparedBirth Birth, FrameColumns Columns, FrameFacts Facts, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddFrame(Gateway, Birth, Columns, Facts, Confirmation);
}
