namespace IotTelemetry.Cloud.Workers;

/// <summary>All claims at one moment. Immutable.</summary>
internal sealed class LeaseBook(IReadOnlyCollection<LeaseRow> rows)
{
    private readonly ILookup<int, LeaseRow> _claims = rows.Where(row => row.State != LeaseState.Wanted).ToLookup(row => row.Partition);
    private readonly HashSet<(int Partition, ulong Generation)> _wanted = [.. rows.Where(row => row.State == LeaseState.Wanted).Select(row => (row.Partition, row.Generation))];

    /// <summary>The number of the last claim on a partition; 0 when there was none.</summary>
    public ulong LastGeneration(int partition) => _claims[partition].Select(row => row.Generation).DefaultIfEmpty().Max();

    /// <summary>True when another process asks the one that has this generation for the partition.</summary>
    public bool IsWanted(int partition, ulong generation) => _wanted.Contains((partition, generation));

    /// <summary>Who has the partition, or had it last; null when nobody did.</summary>
    public LeaseRow? Holder(int partition) => Winners(partition).FirstOrDefault();

    /// <summary>Who has won a generation of a partition; null when nobody did.</summary>
    public LeaseRow? Winner(int partition, ulong generation) => Winners(partition).FirstOrDefault(row => row.Generation == generation);

    /// <summary>True when nobody else has claimed this generation.</summary>
    public bool IsAlone(LeaseRow claim) => _claims[claim.Partition].Where(row => row.Generation == claim.Generation).All(row => row.Instance == claim.Instance);

    /// <summary>
    /// The writers that may have left something half done in a partition before this generation: the last that took it over completely, unless it was drained, and those that came after it.
    /// </summary>
    public IEnumerable<uint> Predecessors(int partition, ulong generation)
    {
        foreach (LeaseRow row in Winners(partition).Where(row => row.Generation < generation))
        {
            if (row.State == LeaseState.Released)
            {
                yield break;
            }

            yield return row.Writer;
            if (row.State == LeaseState.Held)
            {
                yield break;
            }
        }
    }

    // Newest first. Two processes may claim the same generation: the lower instance wins; a claim that comes after somebody has won is void, whatever became of its claimant.
    private IEnumerable<LeaseRow> Winners(int partition) => _claims[partition]
        .Where(row => row.State != LeaseState.Abandoned)
        .GroupBy(row => row.Generation)
        .OrderByDescending(claims => claims.Key)
        .Select(claims => claims.OrderBy(row => row.State == LeaseState.Claimed).ThenBy(row => row.Instance, StringComparer.Ordinal).First());
}
