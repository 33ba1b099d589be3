using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;

namespace IotTelemetry.Broker.Persistence;

/// <content>What happens to sessions, as records.</content>
internal sealed partial class SessionLog
{
    public void Retain(StoredMessage message)
    {
        lock (_gate)
        {
            if (!Admit())
            {
                return;
            }

            if (message.Payload.IsEmpty)
            {
                _pending.Begin(RecordType.RetainedCleared).Bytes(message.Topic).End();
            }
            else
            {
                Ensure(message);
                _pending.Begin(RecordType.Retained).Integer(message.StoreId).End();
            }

            Wake();
        }
    }

    public void SessionChanged(Session session)
    {
        lock (_gate)
        {
            if (Admit())
            {
                session.StoreId = session.StoreId == 0 ? ++_number : session.StoreId;
                var expiresAt = session.ExpiresAt == long.MaxValue ? 0 : session.ExpiresAt;
                StoreRecords.WriteSession(_pending, session.StoreId, session.ClientId, session.ExpirySeconds, expiresAt);
                Wake();
            }
        }
    }

    public void SessionEnded(Session session) => Append(RecordType.SessionEnded, session, null);

    public void Subscribed(Subscription subscription)
    {
        lock (_gate)
        {
            if (Admit())
            {
                var stored = new StoredSubscription(
                    subscription.Filter, subscription.MaximumQualityOfService, subscription.NoLocal, subscription.RetainAsPublished, subscription.Identifiers);
                StoreRecords.WriteSubscription(_pending, subscription.Session.StoreId, stored);
                Wake();
            }
        }
    }

    public void Unsubscribed(Subscription subscription)
    {
        lock (_gate)
        {
            if (Admit())
            {
                _pending.Begin(RecordType.Unsubscribed).Integer(subscription.Session.StoreId).Bytes(subscription.Filter).End();
                Wake();
            }
        }
    }

    public void Owed(Session session, in OutboundMessage outbound) => Append(RecordType.Owed, session, outbound, packetId: 0);

    public void Sent(Session session, in OutboundMessage outbound, ushort packetId) => Append(RecordType.Sent, session, outbound, packetId);

    public void Received(Session session, ushort packetId) => Append(RecordType.Received, session, packetId);

    public void Completed(Session session, ushort packetId) => Append(RecordType.Completed, session, packetId);

    public void Dropped(Session session, in OutboundMessage outbound)
    {
        // A message that was never stored was never owed in a file either.
        lock (_gate)
        {
            if (outbound.Message.StoreId != 0 && Admit())
            {
                _pending.Begin(RecordType.Dropped).Integer(session.StoreId).Integer(outbound.Message.StoreId).End();
                Wake();
            }
        }
    }

    public void InboundReceived(Session session, ushort packetId) => Append(RecordType.InboundReceived, session, packetId);

    public void InboundReleased(Session session, ushort packetId) => Append(RecordType.InboundReleased, session, packetId);

    private void Append(RecordType type, Session session, ushort? packetId)
    {
        lock (_gate)
        {
            if (!Admit())
            {
                return;
            }

            var record = _pending.Begin(type).Integer(session.StoreId);
            if (packetId is { } id)
            {
                record.Integer(id);
            }

            record.End();
            Wake();
        }
    }

    private void Append(RecordType type, Session session, in OutboundMessage outbound, ushort packetId)
    {
        lock (_gate)
        {
            if (Admit())
            {
                Ensure(outbound.Message);
                StoreRecords.WriteOutbound(_pending, type, session.StoreId, outbound, packetId);
                Wake();
            }
        }
    }
}
