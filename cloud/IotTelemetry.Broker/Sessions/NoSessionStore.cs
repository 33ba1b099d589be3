using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Sessions;

/// <summary>Remembers nothing: sessions live in memory only.</summary>
internal sealed class NoSessionStore : ISessionStore
{
    public static readonly NoSessionStore Instance = new();

    public void Retain(StoredMessage message)
    {
    }

    public void SessionChanged(Session session)
    {
    }

    public void SessionEnded(Session session)
    {
    }

    public void Subscribed(Subscription subscription)
    {
    }

    public void Unsubscribed(Subscription subscription)
    {
    }

    public void Owed(Session session, in OutboundMessage outbound)
    {
    }

    public void Sent(Session session, in OutboundMessage outbound, ushort packetId)
    {
    }

    public void Received(Session session, ushort packetId)
    {
    }

    public void Completed(Session session, ushort packetId)
    {
    }

    public void Dropped(Session session, in OutboundMessage outbound)
    {
    }

    public void InboundReceived(Session session, ushort packetId)
    {
    }

    public void InboundReleased(Session session, ushort packetId)
    {
    }
}
