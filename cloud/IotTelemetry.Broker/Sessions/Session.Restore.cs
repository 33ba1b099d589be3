using System.Text;
using IotTelemetry.Broker.Persistence;
using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Sessions;

/// <content>A session that the store remembered.</content>
internal sealed partial class Session
{
    /// <summary>
    /// Makes the session as the store has it. One that had a connection when the broker stopped counts its expiry from now.
    /// </summary>
    /// <returns>Nothing if the session has expired meanwhile.</returns>
    public static Session? Restore(StoredSession stored, BrokerCore core, long now)
    {
        var expiresAt = stored.ExpiresAt > 0 ? stored.ExpiresAt
            : stored.ExpirySeconds == uint.MaxValue ? long.MaxValue
            : BrokerClock.AddSeconds(now, stored.ExpirySeconds);
        if (expiresAt <= now)
        {
            return null;
        }

        var session = new Session(stored.ClientId, core) { StoreId = stored.Number, ExpiresAt = expiresAt, ExpirySeconds = stored.ExpirySeconds };
        session.RestoreSubscriptions(stored);
        session.RestoreMessages(stored);
        return session;
    }

    private void RestoreSubscriptions(StoredSession stored)
    {
        foreach (var (filter, subscription) in stored.Subscriptions)
        {
            var restored = new Subscription
            {
                Session = this,
                Filter = Encoding.UTF8.GetBytes(filter),
                MaximumQualityOfService = subscription.MaximumQualityOfService,
                NoLocal = subscription.NoLocal,
                RetainAsPublished = subscription.RetainAsPublished,
                Identifiers = subscription.Identifiers,
            };
            (_subscriptions ??= new Dictionary<byte[], Subscription>(Utf8LevelComparer.Instance)).Add(restored.Filter, restored);
            core.Subscriptions.Add(restored);
        }
    }

    private void RestoreMessages(StoredSession stored)
    {
        foreach (var packetId in stored.Inbound)
        {
            (_inbound ??= []).Add(packetId, InboundState.Received);
        }

        foreach (var (packetId, outbound) in stored.Inflight)
        {
            var state = outbound.Message is null ? InflightState.AwaitingCompletion : InflightState.AwaitingAcknowledgement;
            (_inflight ??= new InflightWindow()).Restore(outbound, packetId, state);
        }

        foreach (var outbound in stored.Owed.Values)
        {
            (_queue ??= new MessageQueue()).Enqueue(outbound);
            core.Metrics.Queued();
        }
    }
}
