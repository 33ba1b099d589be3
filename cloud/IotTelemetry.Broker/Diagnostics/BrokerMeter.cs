using System.Diagnostics.Metrics;

namespace IotTelemetry.Broker.Diagnostics;

/// <summary>Publishes the broker's counters as the meter <c>IotTelemetry.Broker</c>.</summary>
internal sealed class BrokerMeter : IDisposable
{
    private readonly Meter _meter = new("IotTelemetry.Broker");

    public BrokerMeter(MqttBroker broker)
    {
        Gauge("mqtt.connections", "Network connections open", c => c.Connections);
        Gauge("mqtt.sessions", "Sessions kept, connected or not", c => c.Sessions);
        Gauge("mqtt.subscriptions", "Subscriptions of all sessions", c => c.Subscriptions);
        Gauge("mqtt.retained", "Retained messages", c => c.RetainedMessages);
        Gauge("mqtt.queued", "QoS 1 and 2 messages waiting in session queues", c => c.QueuedMessages);
        Gauge("mqtt.acknowledgements.deferred", "Publishes whose acknowledgement a handler has deferred", c => c.DeferredAcknowledgements);
        Counter("mqtt.connections.accepted", "Connections that got a successful CONNACK", c => c.ConnectionsAccepted);
        Counter("mqtt.connections.refused", "Connections refused at CONNECT", c => c.ConnectionsRefused);
        Counter("mqtt.protocol_errors", "Connections closed because the client broke the protocol", c => c.ProtocolErrors);
        Counter("mqtt.keepalive_timeouts", "Connections closed for silence", c => c.KeepAliveTimeouts);
        Counter("mqtt.takeovers", "Sessions taken over by a second connection", c => c.TakeOvers);
        Counter("mqtt.publishes.received", "PUBLISH packets taken from clients", c => c.PublishesReceived);
        Counter("mqtt.publishes.sent", "PUBLISH packets written to clients", c => c.PublishesSent);
        Counter("mqtt.messages.dropped", "Messages not delivered to one subscriber", c => c.MessagesDropped);
        Counter("mqtt.messages.expired", "Messages that expired before they could be sent", c => c.MessagesExpired);
        Counter("mqtt.permissions.refused", "Publishes and subscriptions the authorizer refused", c => c.PermissionsRefused);
        Counter("mqtt.retain.refused", "Messages not retained because the bounds left no room", c => c.RetainRefusals);
        Counter("mqtt.store.lost", "Records the store could not write", c => c.StoreRecordsLost);
        Counter("mqtt.handler_failures", "Exceptions thrown by in-process handlers", c => c.HandlerFailures);

        void Gauge(string name, string description, Func<MqttBrokerCounters, long> value) =>
            _meter.CreateObservableGauge(name, () => value(broker.Counters), description: description);

        void Counter(string name, string description, Func<MqttBrokerCounters, long> value) =>
            _meter.CreateObservableCounter(name, () => value(broker.Counters), description: description);
    }

    public void Dispose() => _meter.Dispose();
}
