namespace IotTelemetry.Broker;

/// <summary>The broker's figures at one moment. All but the gauges count up from the broker's start. The same are published by the meter <c>IotTelemetry.Broker</c>.</summary>
public readonly record struct MqttBrokerCounters
{
    /// <summary>Gauge: network connections open, those not yet through CONNECT included.</summary>
    public long Connections { get; init; }

    /// <summary>Gauge: sessions kept, connected or not.</summary>
    public long Sessions { get; init; }

    /// <summary>Gauge: subscriptions of all sessions.</summary>
    public long Subscriptions { get; init; }

    /// <summary>Gauge: retained messages.</summary>
    public long RetainedMessages { get; init; }

    /// <summary>Gauge: QoS 1 and 2 messages waiting in session queues.</summary>
    public long QueuedMessages { get; init; }

    /// <summary>Gauge: publishes whose acknowledgement a handler has deferred and not yet completed.</summary>
    public long DeferredAcknowledgements { get; init; }

    /// <summary>Connections that got a successful CONNACK.</summary>
    public long ConnectionsAccepted { get; init; }

    /// <summary>Connections refused at CONNECT, for whatever reason.</summary>
    public long ConnectionsRefused { get; init; }

    /// <summary>Connections closed because the client broke the protocol.</summary>
    public long ProtocolErrors { get; init; }

    /// <summary>Connections closed because the client kept silent for 1.5 keep-alives.</summary>
    public long KeepAliveTimeouts { get; init; }

    /// <summary>Sessions taken over by a second connection with the same client identifier.</summary>
    public long TakeOvers { get; init; }

    /// <summary>PUBLISH packets taken from clients.</summary>
    public long PublishesReceived { get; init; }

    /// <summary>PUBLISH packets written to clients.</summary>
    public long PublishesSent { get; init; }

    /// <summary>Messages not delivered to one subscriber: queue or connection full, or larger than the client's maximum packet size.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>Messages that expired before they could be sent.</summary>
    public long MessagesExpired { get; init; }

    /// <summary>Publishes and subscriptions the authorizer refused.</summary>
    public long PermissionsRefused { get; init; }

    /// <summary>Messages not retained because the bounds left no room.</summary>
    public long RetainRefusals { get; init; }

    /// <summary>Batches or records that the store could not write; what they say may be forgotten at a restart.</summary>
    public long StoreRecordsLost { get; init; }

    /// <summary>Exceptions thrown by in-process handlers.</summary>
    public long HandlerFailures { get; init; }
}
