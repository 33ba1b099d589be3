using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Confirm;

/// <summary>Publishes cursors on the topics <c>stored</c>, QoS 0, not retained (SPECIFICATION.md, section 6).</summary>
internal sealed class LinkCursorSink(IGatewayLink link) : ICursorSink
{
    public async ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken)
    {
        try
        {
            await link.SendAsync(gateway.Id, new MqttMessage { Topic = gateway.Topics.Stored, Payload = cursor.Encode(), PayloadIsUtf8 = true }, cancellationToken);
        }
        catch (GatewayLinkException)
        {
            // The broker is away, or the gateway is another worker's by now: the next cursor, whoever sends it, says the same and more.
        }
    }
}
