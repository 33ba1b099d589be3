using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Confirm;

/// <summary>Publishes cursors on the topics <c>stored</c>, QoS 0, not retained (SPECIFICATION.md, section 6).</summary>
internal sealed class LinkCursorSink(IGatewayLink link) : ICursorSink
{
    public ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken) =>
        link.SendAsync(gateway.Id, new MqttMessage { Topic = gateway.Topics.Stored, Payload = cursor.Encode(), PayloadIsUtf8 = true }, cancellationToken);
}
