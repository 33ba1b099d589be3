using System.Text;
using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Handlers;
using IotTelemetry.Broker.Persistence;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker;

/// <summary>
/// An MQTT 5.0 and 3.1.1 broker inside this process. Connections reach it from Kestrel (<c>UseMqttBroker</c>, <c>MapMqttWebSocket</c>).
/// All members are thread-safe.
/// </summary>
public sealed class MqttBroker : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(4);

    private readonly BrokerCore _core;
    private readonly SessionLog? _store;
    private readonly BrokerMeter _meter;
    private readonly ITimer _timer;
    private readonly List<ClientConnection> _ticked = [];
    private int _isTicking;
    private int _isDisposed;

    /// <summary>Makes a broker; hosts get it from <c>AddMqttBroker</c>.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The store's directory cannot be written, or another broker uses it.</exception>
    public MqttBroker(
        MqttBrokerOptions options,
        ILogger<MqttBroker> logger,
        TimeProvider? time = null,
        IMqttClientAuthenticator? authenticator = null,
        IMqttClientAuthorizer? authorizer = null)
    {
        options.Validate();
        var clock = new BrokerClock(time ?? TimeProvider.System);
        StoredState? stored = null;
        _store = options.StoreDirectory is { } directory ? SessionLog.Open(directory, options.StoreCompactBytes, logger, out stored) : null;
        _core = new BrokerCore(options, clock, logger, authenticator, authorizer, (ISessionStore?)_store ?? NoSessionStore.Instance);
        if (stored is not null)
        {
            Restore(stored);
        }

        _meter = new BrokerMeter(this);
        _timer = clock.Time.CreateTimer(static broker => ((MqttBroker)broker!).Tick(), this, TickInterval, TickInterval);
    }

    /// <summary>The options the broker was built with.</summary>
    public MqttBrokerOptions Options => _core.Options;

    /// <summary>The figures of this moment.</summary>
    public MqttBrokerCounters Counters
    {
        get
        {
            var connections = new List<ClientConnection>();
            _core.Connections.CopyTo(connections);
            long deferred = 0;
            long sent = 0;
            foreach (var connection in connections)
            {
                deferred += connection.Deferred;
                sent += connection.PublishesSent;
            }

            var counters = _core.Metrics.Snapshot();
            return counters with
            {
                Connections = connections.Count,
                Sessions = _core.Sessions.Count,
                Subscriptions = _core.Subscriptions.Count,
                RetainedMessages = _core.Retained.Count,
                DeferredAcknowledgements = deferred,
                StoreRecordsLost = _store?.RecordsLost ?? 0,
                PublishesSent = counters.PublishesSent + sent,
            };
        }
    }

    /// <summary>Registers a handler for the publishes, Wills included, that match a filter. Takes effect for the next publish read.</summary>
    /// <param name="topicFilter">A topic filter with + and #; not a shared one.</param>
    /// <param name="handler">Called as <see cref="IMqttPublishHandler"/> says.</param>
    /// <returns>Dispose it to take the handler away; calls that have begun still finish.</returns>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    public IDisposable AddHandler(string topicFilter, IMqttPublishHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!MqttTopicFilter.IsValidFilter(topicFilter) || topicFilter.StartsWith("$share/", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{topicFilter}' is not a topic filter for a handler; allowed are MQTT filters that are not shared.", nameof(topicFilter));
        }

        var registration = new HandlerRegistration(_core.Handlers, topicFilter, handler);
        registration.Add();
        return registration;
    }

    /// <summary>
    /// Publishes a message of the host to subscribers and, if it says so, retains it. In-process handlers do not see it. Completes when every subscriber's
    /// copy is written to its connection, queued, or dropped by the stated policies; it never waits for a client.
    /// </summary>
    /// <returns>False when no client has subscribed to the topic.</returns>
    /// <exception cref="ArgumentException">The topic is not valid.</exception>
    /// <exception cref="InvalidOperationException">The message is to be retained and the bounds leave no room.</exception>
    public ValueTask<bool> PublishAsync(MqttMessage message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlySpan<byte> topic = message.TopicUtf8.IsEmpty ? Encoding.UTF8.GetBytes(message.Topic ?? "") : message.TopicUtf8.Span;
        if (!MqttTopicFilter.IsValidTopicName(topic))
        {
            throw new ArgumentException($"'{Encoding.UTF8.GetString(topic)}' is not a topic name: 1 to 65,535 bytes without wildcards.", nameof(message));
        }

        var publish = new PublishView
        {
            Topic = topic,
            Properties = HostProperties.Encode(message).Span,
            Payload = message.Payload.Span,
            QualityOfService = message.QualityOfService,
            Retain = message.Retain,
            ExpirySeconds = message.MessageExpiry is { } expiry ? (uint)Math.Clamp(expiry.TotalSeconds, 0, uint.MaxValue) : null,
            ReceivedAt = _core.Clock.Now,
        };
        var route = new PublishRoute(null, _core.Subscriptions, _core.Handlers);
        route.Resolve(topic);
        var flushes = FlushList.Current;
        var reason = _core.Router.Publish(ref publish, route, flushes);
        flushes.FlushAll();
        return reason == MqttReasonCode.QuotaExceeded
            ? ValueTask.FromException<bool>(new InvalidOperationException(
                $"The message of '{Encoding.UTF8.GetString(topic)}' cannot be retained: {nameof(MqttBrokerOptions.MaximumRetainedMessages)} or "
                + $"{nameof(MqttBrokerOptions.MaximumRetainedBytes)} is reached."))
            : ValueTask.FromResult(reason != MqttReasonCode.NoMatchingSubscribers);
    }

    /// <summary>
    /// Disconnects a client, if it is connected, with a reason (MQTT 5) and without its Will.
    /// </summary>
    /// <returns>False when no such client is connected.</returns>
    public bool Disconnect(string clientId, MqttReasonCode reason)
    {
        if (_core.Sessions.FindConnection(clientId) is not { } connection)
        {
            return false;
        }

        connection.TakeWill();
        connection.Close(reason);
        return true;
    }

    /// <summary>Disconnects every client with 0x8B (server shutting down), without Wills, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        var connections = new List<ClientConnection>();
        _core.Connections.CopyTo(connections);
        _core.Logger.Stopping(connections.Count);
        foreach (var connection in connections)
        {
            connection.TakeWill();
            connection.Close(MqttReasonCode.ServerShuttingDown);
        }

        _meter.Dispose();
        if (_store is not null)
        {
            await WhenConnectionsEndAsync().ConfigureAwait(false);
            await _store.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Serves one transport connection until it is over.</summary>
    internal Task ServeAsync(ConnectionContext context) => new ClientConnection(_core, context).RunAsync();

    private void Restore(StoredState stored)
    {
        var now = _core.Clock.Now;
        foreach (var message in stored.Retained.Values)
        {
            _core.Retained.TrySet(message);
        }

        foreach (var session in stored.Sessions.Values)
        {
            if (Session.Restore(session, _core, now) is { } restored)
            {
                _core.Sessions.Restore(restored);
            }
        }

        _core.Logger.StoreLoaded(Options.StoreDirectory!, _core.Sessions.Count, _core.Retained.Count);
    }

    /// <summary>Waits, for a bounded time, until the last connections have said what became of their sessions.</summary>
    private async Task WhenConnectionsEndAsync()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (_core.Connections.Count > 0 && clock.Elapsed < StopTimeout)
        {
            await Task.Delay(10).ConfigureAwait(false);
            _core.Connections.CutLingering(_core.Clock.Now);
        }
    }

    /// <summary>Everything that is due by the clock: silent clients, connections that linger, sessions that expire, Wills with a delay.</summary>
    private void Tick()
    {
        // A tick that takes longer than its interval makes the next one skip.
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
        {
            return;
        }

        try
        {
            var now = _core.Clock.Now;
            _core.Connections.CopyTo(_ticked);
            foreach (var connection in _ticked)
            {
                connection.Tick(now);
            }

            _ticked.Clear();
            _core.Connections.CutLingering(now);
            List<PendingWill>? wills = null;
            _core.Sessions.Tick(now, ref wills);
            _core.Wills.Publish(wills);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }
}
