using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Sessions;

/// <summary>Publishes Wills that are due: to in-process handlers and to subscribers (MQTT 5.0 section 3.1.2.5). Thread-safe.</summary>
internal sealed class WillPublisher(BrokerCore core)
{
    public void Publish(List<PendingWill>? wills)
    {
        if (wills is null)
        {
            return;
        }

        foreach (var will in wills)
        {
            var route = new PublishRoute(null, core.Subscriptions, core.Handlers);
            route.Resolve(will.Message.Topic);
            if (route.Handlers.IsEmpty)
            {
                Deliver(will, route);
            }
            else
            {
                _ = HandleAsync(will, route);
            }
        }
    }

    // As for a publish, handlers come first and may refuse the message.
    private async Task HandleAsync(PendingWill will, PublishRoute route)
    {
        var publish = new MqttInboundPublish(will.Client, intake: null)
        {
            TopicUtf8 = will.Message.Topic.ToArray(),
            Payload = will.Message.Payload.ToArray(),
            QualityOfService = will.Message.QualityOfService,
            Retain = will.Retain,
        };
        foreach (var registration in route.Handlers.ToArray())
        {
            try
            {
                await registration.Handler.HandleAsync(publish, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                core.Metrics.HandlerFailed();
                core.Logger.WillHandlerFailed(e, registration.Filter, will.Client.ClientId);
            }
        }

        if (!publish.ReasonCode.IsError())
        {
            Deliver(will, route);
        }
    }

    private void Deliver(PendingWill will, PublishRoute route)
    {
        var publish = new PublishView
        {
            Topic = will.Message.Topic,
            Properties = will.Message.Properties,
            Payload = will.Message.Payload,
            QualityOfService = will.Message.QualityOfService,
            Retain = will.Retain,
            ExpirySeconds = will.ExpirySeconds,
            ReceivedAt = core.Clock.Now,
        };
        var flushes = FlushList.Current;
        core.Router.Publish(ref publish, route, flushes);
        flushes.FlushAll();
    }
}
