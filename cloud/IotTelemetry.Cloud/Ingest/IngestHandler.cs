using IotTelemetry.Broker;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Where the broker's publishes come in: hands each to the intake of its kind, until <see cref="Stop"/>.</summary>
internal sealed class IngestHandler(TopicKind kind, FrameIntake frames, BirthIntake births, StatusIntake statuses, TimeProvider time) : IMqttPublishHandler
{
    private volatile bool _stopped;

    /// <summary>The filter of the topics this handles.</summary>
    public string Filter => GatewayTopics.FilterFor(kind);

    /// <summary>From now on nothing is taken and nothing acknowledged: whatever comes stays with its gateway.</summary>
    public void Stop() => _stopped = true;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed)
    {
        MqttDeferredAcknowledgement acknowledgement = publish.DeferAcknowledgement();
        if (_stopped)
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
            switch (kind)
            {
                case TopicKind.Telemetry:
                    await frames.TakeAsync(delivery, connectionClosed);
                    break;
                case TopicKind.Birth:
                    await births.TakeAsync(delivery, connectionClosed);
                    break;
                default:
                    statuses.Take(delivery);
                    break;
            }
        }
        catch (OperationCanceledException) when (connectionClosed.IsCancellationRequested)
        {
            // The sender is gone, and what it sent was not acknowledged: it sends it again.
        }
    }
}
