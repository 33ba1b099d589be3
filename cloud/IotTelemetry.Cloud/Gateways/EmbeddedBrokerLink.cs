using IotTelemetry.Broker;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>The gateways through the broker in this process: their publishes come in on their own connections, and the broker's acknowledgement is held back until ingest gives it.</summary>
internal sealed class EmbeddedBrokerLink(MqttBroker broker, TimeProvider time) : IGatewayLink
{
    private volatile bool _stopped;

    /// <inheritdoc/>
    public void Receive(TopicKind kind, GatewayMessageHandler handler) => broker.AddHandler(GatewayTopics.FilterFor(kind), new Taker(this, handler, time));

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(GatewayId gateway, MqttMessage message, CancellationToken cancellationToken) => broker.PublishAsync(message, cancellationToken);

    /// <summary>From now on nothing is taken and nothing acknowledged: whatever comes stays with its gateway.</summary>
    public void Stop() => _stopped = true;

    private sealed class Taker(EmbeddedBrokerLink link, GatewayMessageHandler handler, TimeProvider time) : IMqttPublishHandler
    {
        public async ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed)
        {
            MqttDeferredAcknowledgement acknowledgement = publish.DeferAcknowledgement();
            if (link._stopped)
            {
                return;
            }

            Delivery delivery = new(
                publish.TopicUtf8,
                publish.Payload,
                publish.Client.ClientId,
                time.GetUtcNow().ToUnixTimeMilliseconds(),
                publish.Retain,
                new Confirmation(acknowledgement));
            try
            {
                await handler(delivery, connectionClosed);
            }
            catch (OperationCanceledException) when (connectionClosed.IsCancellationRequested)
            {
                // The sender is gone, and what it sent was not acknowledged: it sends it again.
            }
        }
    }
}
