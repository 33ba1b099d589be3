using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Broker.Routing;

/// <summary>One level of a <see cref="TopicTree{T}"/>. Most nodes have one child or none, so a dictionary is made for the second one only.</summary>
internal sealed class TopicNode<T>
    where T : class
{
    private Dictionary<byte[], TopicNode<T>>? _children;
    private TopicNode<T>? _onlyChild;
    private T[] _items = [];
    private int _count;

    public TopicNode(TopicNode<T>? parent, byte[] level)
    {
        Parent = parent;
        Level = level;
    }

    public TopicNode<T>? Parent { get; }

    public byte[] Level { get; }

    /// <summary>The filters that go on with <c>+</c>.</summary>
    public TopicNode<T>? SingleLevel { get; set; }

    /// <summary>The filters that end here with <c>#</c>.</summary>
    public TopicNode<T>? MultiLevel { get; set; }

    public ReadOnlySpan<T> Items => _items.AsSpan(0, _count);

    public bool IsEmpty => _count == 0 && _onlyChild is null && _children is null && SingleLevel is null && MultiLevel is null;

    public bool TryGetChild(ReadOnlySpan<byte> level, [MaybeNullWhen(false)] out TopicNode<T> child)
    {
        if (_onlyChild is not null)
        {
            child = _onlyChild;
            return level.SequenceEqual(child.Level);
        }

        if (_children is null)
        {
            child = null;
            return false;
        }

        return _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out child);
    }

    public TopicNode<T> GetOrAddChild(ReadOnlySpan<byte> level)
    {
        if (TryGetChild(level, out var child))
        {
            return child;
        }

        child = new TopicNode<T>(this, level.ToArray());
        if (_onlyChild is null && _children is null)
        {
            _onlyChild = child;
            return child;
        }

        if (_children is null)
        {
            _children = new Dictionary<byte[], TopicNode<T>>(Utf8LevelComparer.Instance) { [_onlyChild!.Level] = _onlyChild };
            _onlyChild = null;
        }

        _children.Add(child.Level, child);
        return child;
    }

    public void RemoveChild(TopicNode<T> child)
    {
        if (ReferenceEquals(_onlyChild, child))
        {
            _onlyChild = null;
        }
        else if (ReferenceEquals(SingleLevel, child))
        {
            SingleLevel = null;
        }
        else if (ReferenceEquals(MultiLevel, child))
        {
            MultiLevel = null;
        }
        else if (_children is not null)
        {
            _children.Remove(child.Level);
            if (_children.Count == 0)
            {
                _children = null;
            }
        }
    }

    public void AddItem(T item)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(1, _count * 2));
        }

        _items[_count++] = item;
    }

    public bool RemoveItem(T item)
    {
        var index = Array.IndexOf(_items, item, 0, _count);
        if (index < 0)
        {
            return false;
        }

        _items[index] = _items[--_count];
        _items[_count] = null!;
        if (_count == 0)
        {
            _items = [];
        }

        return true;
    }
}
