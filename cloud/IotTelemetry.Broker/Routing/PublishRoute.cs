using IotTelemetry.Broker.Handlers;
using IotTelemetry.Broker.Sessions;

namespace IotTelemetry.Broker.Routing;

/// <summary>
/// Where one publisher's messages of one topic go. Kept from publish to publish and worked out again only when the topic or any subscription changes, so
/// a device that repeats its topic pays for one comparison. Reuses its arrays. Not thread-safe.
/// </summary>
internal sealed class PublishRoute(Session? publisher, SubscriptionTable subscriptions, TopicTree<HandlerRegistration> handlers)
{
    /// <summary>Up to here a session already in the list is found by looking through it; beyond, by a dictionary.</summary>
    private const int LinearSearchLimit = 16;

    private byte[] _topic = [];
    private int _topicLength = -1;
    private long _subscriptionsVersion = -1;
    private long _handlersVersion = -1;
    private PublishTarget[] _targets = [];
    private int _targetCount;
    private SharedGroup[] _groups = [];
    private int _groupCount;
    private HandlerRegistration[] _handlers = [];
    private int _handlerCount;
    private Dictionary<Session, int>? _index;

    public ReadOnlySpan<PublishTarget> Targets => _targets.AsSpan(0, _targetCount);

    public ReadOnlySpan<SharedGroup> Groups => _groups.AsSpan(0, _groupCount);

    public ReadOnlySpan<HandlerRegistration> Handlers => _handlers.AsSpan(0, _handlerCount);

    public bool IsEmpty => _targetCount + _groupCount + _handlerCount == 0;

    /// <summary>The topic the route was last worked out for.</summary>
    public ReadOnlyMemory<byte> Topic => _topic.AsMemory(0, Math.Max(0, _topicLength));

    /// <summary>True if the route was worked out for this topic before, whatever has changed since.</summary>
    public bool IsFor(ReadOnlySpan<byte> topic) => _topicLength == topic.Length && topic.SequenceEqual(_topic.AsSpan(0, _topicLength));

    /// <summary>Works the route out if it is not the topic's present one.</summary>
    public void Resolve(ReadOnlySpan<byte> topic)
    {
        var subscriptionsVersion = subscriptions.Version;
        var handlersVersion = handlers.Version;
        if (subscriptionsVersion == _subscriptionsVersion && handlersVersion == _handlersVersion && IsFor(topic))
        {
            return;
        }

        Remember(topic);
        _targets.AsSpan(0, _targetCount).Clear();
        _targetCount = 0;
        _groupCount = 0;
        _handlerCount = 0;
        _index?.Clear();
        var collector = new Collector(this);
        subscriptions.Match(topic, ref collector);
        handlers.Match(topic, ref collector);
        _subscriptionsVersion = subscriptionsVersion;
        _handlersVersion = handlersVersion;
    }

    private void Remember(ReadOnlySpan<byte> topic)
    {
        if (_topic.Length < topic.Length)
        {
            _topic = new byte[topic.Length];
        }

        topic.CopyTo(_topic);
        _topicLength = topic.Length;
    }

    private void Add(Subscriber subscriber)
    {
        if (subscriber is SharedGroup group)
        {
            Append(ref _groups, ref _groupCount, group);
            return;
        }

        var subscription = (Subscription)subscriber;

        // [MQTT-3.8.3-3] no local: not back to the client that published
        if (subscription.NoLocal && ReferenceEquals(subscription.Session, publisher))
        {
            return;
        }

        var at = Find(subscription.Session);
        if (at >= 0)
        {
            Merge(ref _targets[at], subscription);
            return;
        }

        Append(ref _targets, ref _targetCount, new PublishTarget
        {
            Session = subscription.Session,
            MaximumQualityOfService = subscription.MaximumQualityOfService,
            RetainAsPublished = subscription.RetainAsPublished,
            Identifiers = subscription.Identifiers,
        });
        _index?.Add(subscription.Session, _targetCount - 1);
    }

    private int Find(Session session)
    {
        if (_targetCount > LinearSearchLimit && _index is not { Count: > 0 })
        {
            _index ??= [];
            for (var i = 0; i < _targetCount; i++)
            {
                _index.Add(_targets[i].Session, i);
            }
        }

        if (_index is { Count: > 0 })
        {
            return _index.TryGetValue(session, out var found) ? found : -1;
        }

        for (var i = 0; i < _targetCount; i++)
        {
            if (ReferenceEquals(_targets[i].Session, session))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Merge(ref PublishTarget target, Subscription subscription)
    {
        if (subscription.MaximumQualityOfService > target.MaximumQualityOfService)
        {
            target.MaximumQualityOfService = subscription.MaximumQualityOfService;
        }

        target.RetainAsPublished |= subscription.RetainAsPublished;
        if (subscription.Identifiers.Length > 0)
        {
            target.Identifiers = [.. target.Identifiers, .. subscription.Identifiers];
        }
    }

    private static void Append<T>(ref T[] array, ref int count, T item)
    {
        if (count == array.Length)
        {
            Array.Resize(ref array, Math.Max(1, count * 2));
        }

        array[count++] = item;
    }

    private readonly struct Collector(PublishRoute route) : ITopicVisitor<Subscriber>, ITopicVisitor<HandlerRegistration>
    {
        public void Visit(ReadOnlySpan<Subscriber> items)
        {
            foreach (var item in items)
            {
                route.Add(item);
            }
        }

        public void Visit(ReadOnlySpan<HandlerRegistration> items)
        {
            foreach (var item in items)
            {
                Append(ref route._handlers, ref route._handlerCount, item);
            }
        }
    }
}
