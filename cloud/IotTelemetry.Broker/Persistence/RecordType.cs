namespace IotTelemetry.Broker.Persistence;

/// <summary>What a record of the store says. The numbers are on disk: never reuse one.</summary>
internal enum RecordType : byte
{
    /// <summary>Session number, client identifier, expiry, end of the session if it has no connection.</summary>
    Session = 1,

    /// <summary>Session number.</summary>
    SessionEnded = 2,

    /// <summary>Session number, filter, options, identifiers.</summary>
    Subscribed = 3,

    /// <summary>Session number, filter.</summary>
    Unsubscribed = 4,

    /// <summary>Message number, quality of service, expiry, topic, properties, payload.</summary>
    Message = 5,

    /// <summary>Session number, message number, how it is to be delivered.</summary>
    Owed = 6,

    /// <summary>As <see cref="Owed"/>, and the packet identifier it was sent with.</summary>
    Sent = 7,

    /// <summary>Session number, packet identifier: PUBREC has come.</summary>
    Received = 8,

    /// <summary>Session number, packet identifier: nothing more is owed for it.</summary>
    Completed = 9,

    /// <summary>Session number, message number: given up before it was sent.</summary>
    Dropped = 10,

    /// <summary>Session number, packet identifier of the client's QoS 2 publish.</summary>
    InboundReceived = 11,

    /// <summary>As <see cref="InboundReceived"/>: PUBREL has come.</summary>
    InboundReleased = 12,

    /// <summary>Message number: it is its topic's retained message.</summary>
    Retained = 13,

    /// <summary>Topic: it has no retained message any more.</summary>
    RetainedCleared = 14,
}
