using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>Partitions that were won.</summary>
/// <param name="Partitions">Which.</param>
/// <param name="Predecessors">Writers that may have left something half done there.</param>
internal sealed record TakeOver(PartitionSet Partitions, IReadOnlyCollection<uint> Predecessors)
{
    /// <summary>Both.</summary>
    public TakeOver And(TakeOver other) => new(Partitions.Or(other.Partitions), [.. Predecessors.Union(other.Predecessors)]);
}
