using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Retained;

/// <summary>One topic level of the retained messages.</summary>
internal sealed class RetainedNode(RetainedNode? parent, byte[] level)
{
    public RetainedNode? Parent { get; } = parent;

    public byte[] Level { get; } = level;

    public StoredMessage? Message { get; set; }

    public Dictionary<byte[], RetainedNode>? Children { get; private set; }

    public RetainedNode? Child(ReadOnlySpan<byte> name) =>
        Children is not null && Children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var child) ? child : null;

    public RetainedNode GetOrAddChild(ReadOnlySpan<byte> name)
    {
        if (Child(name) is { } existing)
        {
            return existing;
        }

        var child = new RetainedNode(this, name.ToArray());
        Children ??= new Dictionary<byte[], RetainedNode>(Utf8LevelComparer.Instance);
        Children.Add(child.Level, child);
        return child;
    }

    public void RemoveChild(RetainedNode child)
    {
        Children!.Remove(child.Level);
        if (Children.Count == 0)
        {
            Children = null;
        }
    }
}
