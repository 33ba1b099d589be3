using System.Collections;
using System.Numerics;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Some of the 64 partitions that gateways are spread over. A value; enumerates in rising order.</summary>
internal readonly record struct PartitionSet(ulong Bits) : IEnumerable<int>
{
    public static PartitionSet All { get; } = new(ulong.MaxValue);

    public static PartitionSet None => default;

    public int Count => BitOperations.PopCount(Bits);

    public bool IsEmpty => Bits == 0;

    /// <summary>The set of these partitions, each 0 to 63.</summary>
    public static PartitionSet Of(IEnumerable<int> partitions) => new(partitions.Aggregate(0UL, (bits, partition) => bits | (1UL << partition)));

    public bool Contains(int partition) => (Bits >> partition & 1) == 1;

    public PartitionSet With(int partition) => new(Bits | (1UL << partition));

    public PartitionSet Without(PartitionSet others) => new(Bits & ~others.Bits);

    public PartitionSet And(PartitionSet others) => new(Bits & others.Bits);

    public PartitionSet Or(PartitionSet others) => new(Bits | others.Bits);

    public IEnumerator<int> GetEnumerator()
    {
        for (int partition = 0; partition < GatewayId.Partitions; partition++)
        {
            if (Contains(partition))
            {
                yield return partition;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => IsEmpty ? "none" : string.Join(',', this);
}
