namespace IotTelemetry.Broker.Routing;

/// <summary>
/// Finds the items whose topic filter matches a topic (MQTT 5.0 section 4.7). Matching takes a read lock, walks UTF-8 levels and does not allocate;
/// its cost follows the levels of the topic, not the number of filters. Filters and topics must have been validated. Thread-safe.
/// </summary>
internal sealed class TopicTree<T> : IDisposable
    where T : class
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly TopicNode<T> _root = new(null, []);
    private long _version;
    private int _count;

    /// <summary>Changes with every change of the tree, so that whoever keeps a match knows when to ask again.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Number of items.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Add(ReadOnlySpan<byte> filter, T item)
    {
        _lock.EnterWriteLock();
        try
        {
            Descend(filter).AddItem(item);
            _count++;
            Volatile.Write(ref _version, _version + 1);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Puts <paramref name="replacement"/> where <paramref name="item"/> was; publishers see one or the other, never neither.</summary>
    public void Replace(ReadOnlySpan<byte> filter, T item, T replacement)
    {
        _lock.EnterWriteLock();
        try
        {
            var node = Descend(filter);
            node.RemoveItem(item);
            node.AddItem(replacement);
            Volatile.Write(ref _version, _version + 1);
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public bool Remove(ReadOnlySpan<byte> filter, T item)
    {
        _lock.EnterWriteLock();
        try
        {
            var node = Descend(filter);
            var removed = node.RemoveItem(item);
            if (removed)
            {
                _count--;
                Volatile.Write(ref _version, _version + 1);
            }

            while (node.Parent is { } parent && node.IsEmpty)
            {
                parent.RemoveChild(node);
                node = parent;
            }

            return removed;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Shows the visitor the items of every filter that matches the topic.</summary>
    public void Match<TVisitor>(ReadOnlySpan<byte> topic, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<T>, allows ref struct
    {
        if (Count == 0)
        {
            return;
        }

        _lock.EnterReadLock();
        try
        {
            // [MQTT-4.7.2-1] filters that start with a wildcard do not match topics that start with $
            var isReserved = topic.Length > 0 && topic[0] == (byte)'$';
            Match(_root, topic, isReserved, ref visitor);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose() => _lock.Dispose();

    // The depth of the recursion is the number of levels, which MaximumTopicLevels bounds.
    private static void Match<TVisitor>(TopicNode<T> node, ReadOnlySpan<byte> rest, bool literalOnly, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<T>, allows ref struct
    {
        if (!literalOnly && node.MultiLevel is { } multiLevel)
        {
            visitor.Visit(multiLevel.Items);
        }

        var slash = rest.IndexOf((byte)'/');
        var level = slash < 0 ? rest : rest[..slash];
        if (node.TryGetChild(level, out var child))
        {
            Follow(child, rest, slash, ref visitor);
        }

        if (!literalOnly && node.SingleLevel is { } single)
        {
            Follow(single, rest, slash, ref visitor);
        }
    }

    private static void Follow<TVisitor>(TopicNode<T> child, ReadOnlySpan<byte> rest, int slash, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<T>, allows ref struct
    {
        if (slash >= 0)
        {
            Match(child, rest[(slash + 1)..], literalOnly: false, ref visitor);
            return;
        }

        if (!child.Items.IsEmpty)
        {
            visitor.Visit(child.Items);
        }

        // "sport/#" also matches "sport": the multi-level wildcard includes the parent level (4.7.1.2)
        if (child.MultiLevel is { } multiLevel)
        {
            visitor.Visit(multiLevel.Items);
        }
    }

    private TopicNode<T> Descend(ReadOnlySpan<byte> filter)
    {
        var node = _root;
        foreach (var range in filter.Split((byte)'/'))
        {
            var level = filter[range];
            node = level switch
            {
                [(byte)'#'] => node.MultiLevel ??= new TopicNode<T>(node, level.ToArray()),
                [(byte)'+'] => node.SingleLevel ??= new TopicNode<T>(node, level.ToArray()),
                _ => node.GetOrAddChild(level),
            };
        }

        return node;
    }
}
