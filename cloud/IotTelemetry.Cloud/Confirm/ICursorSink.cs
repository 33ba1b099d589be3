using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Confirm;

/// <summary>Takes cursors to their gateways.</summary>
internal interface ICursorSink
{
    /// <summary>Sends without guarantee: the next cursor says the same and more.</summary>
    ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken);
}
