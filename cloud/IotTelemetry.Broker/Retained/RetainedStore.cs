using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Retained;

/// <summary>
/// The retained message of each topic (MQTT 5.0 section 3.3.1.3), bounded in messages and bytes. Expired ones are taken away when they are met.
/// Thread-safe.
/// </summary>
internal sealed class RetainedStore(int maximumMessages, long maximumBytes)
{
    private readonly Lock _gate = new();
    private readonly RetainedNode _root = new(null, []);
    private int _count;
    private long _bytes;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Keeps the message as the topic's, or clears the topic if the payload is empty.</summary>
    /// <returns>False when the bounds leave no room; nothing is changed then.</returns>
    public bool TrySet(StoredMessage message)
    {
        lock (_gate)
        {
            if (message.Payload.IsEmpty)
            {
                if (Find(message.Topic) is { Message: not null } found)
                {
                    Clear(found);
                }

                return true;
            }

            var node = Find(message.Topic);
            var replaced = node?.Message;
            if (_bytes + message.Size - (replaced?.Size ?? 0) > maximumBytes || (replaced is null && _count >= maximumMessages))
            {
                return false;
            }

            node ??= Add(message.Topic);
            _bytes += message.Size - (replaced?.Size ?? 0);
            _count += replaced is null ? 1 : 0;
            node.Message = message;
            return true;
        }
    }

    /// <summary>Adds to <paramref name="found"/> the retained messages that match a filter and have not expired.</summary>
    public void Match(ReadOnlySpan<byte> filter, long now, List<StoredMessage> found)
    {
        lock (_gate)
        {
            List<RetainedNode>? expired = null;
            Match(_root, filter, isRoot: true, now, found, ref expired);
            foreach (var node in expired ?? [])
            {
                Clear(node);
            }
        }
    }

    private static void Match(
        RetainedNode node, ReadOnlySpan<byte> filter, bool isRoot, long now, List<StoredMessage> found, ref List<RetainedNode>? expired)
    {
        var slash = filter.IndexOf((byte)'/');
        var level = slash < 0 ? filter : filter[..slash];
        var rest = slash < 0 ? default : filter[(slash + 1)..];
        if (level is [(byte)'#'])
        {
            // [MQTT-4.7.2-1]: at the root, wildcards leave out $ topics
            MatchAll(node, includeReserved: !isRoot, now, found, ref expired);
        }
        else if (level is [(byte)'+'])
        {
            foreach (var child in node.Children?.Values ?? Enumerable.Empty<RetainedNode>())
            {
                if (!isRoot || child.Level is not [(byte)'$', ..])
                {
                    Follow(child, rest, slash < 0, now, found, ref expired);
                }
            }
        }
        else if (node.Child(level) is { } child)
        {
            Follow(child, rest, slash < 0, now, found, ref expired);
        }
    }

    private static void Follow(
        RetainedNode child, ReadOnlySpan<byte> rest, bool isLast, long now, List<StoredMessage> found, ref List<RetainedNode>? expired)
    {
        if (isLast)
        {
            Take(child, now, found, ref expired);
        }
        else
        {
            Match(child, rest, isRoot: false, now, found, ref expired);
        }
    }

    private static void MatchAll(RetainedNode node, bool includeReserved, long now, List<StoredMessage> found, ref List<RetainedNode>? expired)
    {
        Take(node, now, found, ref expired);
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<RetainedNode>())
        {
            if (includeReserved || child.Level is not [(byte)'$', ..])
            {
                MatchAll(child, includeReserved: true, now, found, ref expired);
            }
        }
    }

    private static void Take(RetainedNode node, long now, List<StoredMessage> found, ref List<RetainedNode>? expired)
    {
        if (node.Message is not { } message)
        {
            return;
        }

        if (message.IsExpired(now))
        {
            (expired ??= []).Add(node);
        }
        else
        {
            found.Add(message);
        }
    }

    private RetainedNode? Find(ReadOnlySpan<byte> topic)
    {
        var node = _root;
        foreach (var range in topic.Split((byte)'/'))
        {
            node = node.Child(topic[range]);
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }

    private RetainedNode Add(ReadOnlySpan<byte> topic)
    {
        var node = _root;
        foreach (var range in topic.Split((byte)'/'))
        {
            node = node.GetOrAddChild(topic[range]);
        }

        return node;
    }

    private void Clear(RetainedNode node)
    {
        _count--;
        _bytes -= node.Message!.Size;
        node.Message = null;
        while (node.Parent is { } parent && node.Message is null && node.Children is null)
        {
            parent.RemoveChild(node);
            node = parent;
        }
    }
}
