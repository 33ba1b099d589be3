using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Sessions;

/// <summary>
/// What the broker keeps for one client identifier: subscriptions, messages owed and in flight, QoS 2 identifiers (MQTT 5.0 section 4.1). Lean: a client
/// that only publishes never makes the parts it does not need. Thread-safe; <see cref="Gate"/> is taken before a connection's output gate, never after.
/// </summary>
internal sealed partial class Session(string clientId, BrokerCore core)
{
    private volatile ClientConnection? _connection;
    private Dictionary<byte[], Subscription>? _subscriptions;
    private Dictionary<ushort, InboundState>? _inbound;

    /// <summary>The client identifier.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Guards everything in the session.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The connection that speaks for the session, if there is one.</summary>
    public ClientConnection? Connection => _connection;

    public bool IsConnected => _connection is not null;

    /// <summary>Seconds the session outlives its connection; 0 for none, <see cref="uint.MaxValue"/> for ever.</summary>
    public uint ExpirySeconds { get; private set; }

    /// <summary>Outlives its connection, so the store has to know of it.</summary>
    public bool IsPersistent => ExpirySeconds > 0;

    /// <summary>The broker's clock when the session ends, while it has no connection. Written by the <see cref="SessionRegistry"/>.</summary>
    public long ExpiresAt { get; set; } = long.MaxValue;

    /// <summary>Where it stands among the sessions without a connection; -1 if it has one. Written by the <see cref="SessionRegistry"/>.</summary>
    public int OfflineIndex { get; set; } = -1;

    /// <summary>The Will that waits for its delay, and when it is due. Written by the <see cref="SessionRegistry"/>.</summary>
    public PendingWill? Will { get; set; }

    /// <summary>Number under which the store knows it; 0 while it is not stored. Only the store reads and writes it, under its lock.</summary>
    public long StoreId { get; set; }

    /// <summary>Number of subscriptions.</summary>
    public int SubscriptionCount => _subscriptions?.Count ?? 0;

    public void SetExpiry(uint seconds)
    {
        lock (Gate)
        {
            var wasPersistent = IsPersistent;
            ExpirySeconds = seconds;
            if (IsPersistent)
            {
                core.Store.SessionChanged(this);
            }
            else if (wasPersistent)
            {
                core.Store.SessionEnded(this);
            }
        }
    }

    /// <summary>
    /// Makes a connection the session's. <paramref name="connection"/> has written CONNACK; what is owed follows it: first what was in flight, then what waits.
    /// </summary>
    public void Attach(ClientConnection connection, FlushList flushes)
    {
        lock (Gate)
        {
            _connection = connection;
            BeginResend();
            Pump(connection, flushes);
        }
    }

    /// <summary>Takes the connection off. False if it was not the session's any more.</summary>
    public bool Detach(ClientConnection connection)
    {
        lock (Gate)
        {
            if (!ReferenceEquals(_connection, connection))
            {
                return false;
            }

            _connection = null;
            return true;
        }
    }

    /// <summary>Adds or replaces a subscription. Returns false if the session has too many.</summary>
    public bool Subscribe(Subscription subscription, out bool isNew)
    {
        lock (Gate)
        {
            _subscriptions ??= new Dictionary<byte[], Subscription>(Utf8LevelComparer.Instance);
            isNew = !_subscriptions.TryGetValue(subscription.Filter, out var existing);
            if (isNew && _subscriptions.Count >= core.Options.MaximumSubscriptions)
            {
                return false;
            }

            _subscriptions[subscription.Filter] = subscription;
            if (existing is null)
            {
                core.Subscriptions.Add(subscription);
            }
            else
            {
                core.Subscriptions.Replace(existing, subscription);
            }

            if (IsPersistent)
            {
                core.Store.Subscribed(subscription);
            }

            return true;
        }
    }

    /// <summary>Takes a subscription away. False if there was none.</summary>
    public bool Unsubscribe(ReadOnlySpan<byte> filter)
    {
        lock (Gate)
        {
            if (_subscriptions is null || !_subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(filter, out _, out var subscription))
            {
                return false;
            }

            core.Subscriptions.Remove(subscription);
            if (IsPersistent)
            {
                core.Store.Unsubscribed(subscription);
            }

            return true;
        }
    }

    /// <summary>Ends the session: nothing of it remains.</summary>
    public void End()
    {
        lock (Gate)
        {
            foreach (var subscription in _subscriptions?.Values ?? Enumerable.Empty<Subscription>())
            {
                core.Subscriptions.Remove(subscription);
            }

            _subscriptions = null;
            _inbound = null;
            DropAll();
            if (IsPersistent)
            {
                core.Store.SessionEnded(this);
            }

            ExpirySeconds = 0;
        }
    }
}
