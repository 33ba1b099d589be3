namespace IotTelemetry.Mqtt;

/// <summary>Counts of one client since its creation, and two gauges.</summary>
public readonly record struct MqttClientCounters
{
    /// <summary>Connections made.</summary>
    public long Connections { get; init; }

    /// <summary>PUBLISH packets received.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>QoS 0 messages dropped because a subscription's queue was full.</summary>
    public long MessagesDropped { get; init; }

    /// <summary>Received messages that no subscription wanted.</summary>
    public long MessagesUnmatched { get; init; }

    /// <summary>Handlers that threw.</summary>
    public long HandlerErrors { get; init; }

    /// <summary>Acknowledgements of the server that answered nothing.</summary>
    public long UnknownAcknowledgements { get; init; }

    /// <summary>QoS 1 and 2 publications sent again after a reconnection.</summary>
    public long Retransmissions { get; init; }

    /// <summary>Outgoing packet identifiers in use now.</summary>
    public int PublishesInFlight { get; init; }

    /// <summary>Publishes that wait now for the connection, the window or the outgoing buffer.</summary>
    public int PublishesWaiting { get; init; }
}
