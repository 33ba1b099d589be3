using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>A birth on its way into a batch.</summary>
internal readonly record struct BirthEntry(GatewaySession Gateway, Birth Birth, ReadOnlyMemory<byte> Payload, bool IsStored, long ReceivedAtMs, Confirmation Confirmation) : IBatchEntry
{
    public void AddTo(Batch batch) => batch.AddBirth(Gateway, Birth, Payload.Span, IsStored, ReceivedAtMs, Confirmation);
}
