using System.Collections.Concurrent;
using System.Text;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>All gateways that ever spoke. Thread-safe.</summary>
internal sealed class GatewayRegistry
{
    private readonly ConcurrentDictionary<byte[], GatewaySession> _gateways = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], GatewaySession>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;

    public GatewayRegistry() => _byUtf8 = _gateways.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _gateways.Count;

    /// <summary>All of this moment; gateways may come and go meanwhile.</summary>
    public IEnumerable<GatewaySession> All => _gateways.Select(gateway => gateway.Value);

    /// <summary>Takes the gateways of these partitions out; one that speaks again is a new one.</summary>
    public IReadOnlyList<GatewaySession> Remove(PartitionSet partitions)
    {
        List<GatewaySession> removed = [];
        foreach ((byte[] identity, GatewaySession gateway) in _gateways)
        {
            if (partitions.Contains(gateway.Id.Partition) && _gateways.TryRemove(identity, out _))
            {
                removed.Add(gateway);
            }
        }

        return removed;
    }

    /// <summary>The gateway a topic names.</summary>
    public GatewaySession Get(in TopicAddress address) =>
        _byUtf8.TryGetValue(address.Identity, out GatewaySession? state) ? state : Get(address.ToGatewayId());

    /// <summary>The gateway with this identity; new when it never spoke.</summary>
    public GatewaySession Get(GatewayId id) =>
        _gateways.GetOrAdd(Encoding.ASCII.GetBytes(id.ToString()), static (_, gatewayId) => new GatewaySession(gatewayId), id);
}
