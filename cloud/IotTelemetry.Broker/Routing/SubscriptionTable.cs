using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>All subscriptions of all sessions, plain and shared, by filter. Thread-safe; matching does not wait for anything but the tree's write lock.</summary>
internal sealed class SubscriptionTable : IDisposable
{
    private readonly TopicTree<Subscriber> _tree = new();
    private readonly Dictionary<byte[], SharedGroup> _groups = new(Utf8LevelComparer.Instance);
    private readonly Lock _groupsGate = new();
    private long _count;

    /// <summary>Number of subscriptions.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Changes whenever a subscription does.</summary>
    public long Version => _tree.Version;

    public void Match<TVisitor>(ReadOnlySpan<byte> topic, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<Subscriber>, allows ref struct => _tree.Match(topic, ref visitor);

    public void Add(Subscription subscription)
    {
        Interlocked.Increment(ref _count);
        if (!MqttTopicFilter.TrySplitShared(subscription.Filter, out var name, out var filter))
        {
            _tree.Add(subscription.Filter, subscription);
            return;
        }

        lock (_groupsGate)
        {
            var key = GroupKey(name, filter);
            if (!_groups.TryGetValue(key, out var group))
            {
                group = new SharedGroup(key, filter.ToArray());
                _groups.Add(key, group);
                _tree.Add(filter, group);
            }

            subscription.Group = group;
            group.Add(subscription);
        }
    }

    public void Replace(Subscription subscription, Subscription replacement)
    {
        if (subscription.Group is not { } group)
        {
            _tree.Replace(subscription.Filter, subscription, replacement);
            return;
        }

        lock (_groupsGate)
        {
            replacement.Group = group;
            group.Replace(subscription, replacement);
        }
    }

    public void Remove(Subscription subscription)
    {
        Interlocked.Decrement(ref _count);
        if (subscription.Group is not { } group)
        {
            _tree.Remove(subscription.Filter, subscription);
            return;
        }

        lock (_groupsGate)
        {
            group.Remove(subscription);
            if (group.IsEmpty)
            {
                _tree.Remove(group.Filter, group);
                _groups.Remove(group.Key);
            }
        }
    }

    public void Dispose() => _tree.Dispose();

    // A share name has no slash, so name/filter is unambiguous ([MQTT-4.8.2-1]).
    private static byte[] GroupKey(ReadOnlySpan<byte> name, ReadOnlySpan<byte> filter) => [.. name, (byte)'/', .. filter];
}
