namespace IotTelemetry.Cloud.Workers;

/// <summary>The newest state of one claim.</summary>
/// <param name="Partition">0 to 63, or <see cref="LeaseTable.WriterNumbers"/>.</param>
/// <param name="Generation">Rises by one with every claim; the highest one counts.</param>
/// <param name="Instance">The process that claims, random; of two that claim one generation the lower one wins it.</param>
/// <param name="Writer">The writer's number of the process, see <see cref="Batches.BatchNumber"/>.</param>
/// <param name="Worker">The process, for people.</param>
/// <param name="State">How far it came.</param>
/// <param name="Lease">For how long it holds without being renewed.</param>
/// <param name="Age">How long ago it was written, by the server's clock.</param>
/// <param name="Renewal">Rises with everything the process writes.</param>
/// <param name="Unchanged">How long the reader has seen it as it is, by the reader's monotonic clock; see <see cref="LeaseWatch"/>.</param>
internal sealed record LeaseRow(
    int Partition, ulong Generation, string Instance, uint Writer, string Worker, LeaseState State, TimeSpan Lease, TimeSpan Age, ulong Renewal = 0, TimeSpan Unchanged = default)
{
    /// <summary>
    /// True when nobody writes under this claim any more. Half a lease longer than the holder allows itself: for a renewal under way, and for a server to end an insert that its writer broke off.
    /// The server's clock may be set forward, so its word counts only when two renewals did not come while somebody watched; and backward, so that watching alone is enough, too.
    /// </summary>
    public bool IsOver => State is LeaseState.Released || Unchanged >= Lease * 1.5 || (Age >= Lease * 1.5 && Unchanged >= Lease / 2);
}
