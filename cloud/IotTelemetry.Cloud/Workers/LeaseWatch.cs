namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// Remembers since when each claim has not been renewed, by this process's monotonic clock: clocks that are set, here or at the server, then make no lease end early or never. Not thread-safe.
/// </summary>
internal sealed class LeaseWatch(TimeProvider time)
{
    private Dictionary<(int Partition, ulong Generation, string Instance), (ulong Renewal, long Since)> _seen = [];

    /// <summary>All claims as they were read just now.</summary>
    public LeaseBook Look(IReadOnlyCollection<LeaseRow> rows)
    {
        long now = time.GetTimestamp();
        Dictionary<(int, ulong, string), (ulong, long)> seen = [];
        List<LeaseRow> watched = new(rows.Count);
        foreach (LeaseRow row in rows)
        {
            (int, ulong, string) claim = (row.Partition, row.Generation, row.Instance);
            long since = _seen.TryGetValue(claim, out (ulong Renewal, long Since) before) && before.Renewal == row.Renewal ? before.Since : now;
            seen[claim] = (row.Renewal, since);
            watched.Add(row with { Unchanged = time.GetElapsedTime(since, now) });
        }

        _seen = seen;
        return new LeaseBook(watched);
    }
}
