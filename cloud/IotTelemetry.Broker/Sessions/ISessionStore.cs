using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Sessions;

/// <summary>
/// Told of everything a restart must not forget. Calls come under the lock of the session they are about, in the order things happen; they append to
/// memory and return.
/// </summary>
internal interface ISessionStore
{
    /// <summary>A topic's retained message is new, replaced, or (with an empty payload) gone.</summary>
    void Retain(StoredMessage message);

    /// <summary>A session begins that may outlive its connection, or its expiry has changed.</summary>
    void SessionChanged(Session session);

    /// <summary>A session has ended with all it held.</summary>
    void SessionEnded(Session session);

    /// <summary>A subscription is new or has new options.</summary>
    void Subscribed(Subscription subscription);

    /// <summary>A subscription is gone.</summary>
    void Unsubscribed(Subscription subscription);

    /// <summary>A QoS 1 or 2 message is now owed to a session.</summary>
    void Owed(Session session, in OutboundMessage outbound);

    /// <summary>A message owed has got a packet identifier: it is sent.</summary>
    void Sent(Session session, in OutboundMessage outbound, ushort packetId);

    /// <summary>PUBREC has come for a QoS 2 message: PUBREL is owed, the message no longer.</summary>
    void Received(Session session, ushort packetId);

    /// <summary>Nothing more is owed for this packet identifier.</summary>
    void Completed(Session session, ushort packetId);

    /// <summary>A waiting message was given up: expired, or the queue was full.</summary>
    void Dropped(Session session, in OutboundMessage outbound);

    /// <summary>A QoS 2 publish of the client is taken; its identifier is remembered until PUBREL.</summary>
    void InboundReceived(Session session, ushort packetId);

    /// <summary>PUBREL has come for a QoS 2 publish of the client.</summary>
    void InboundReleased(Session session, ushort packetId);
}
