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
internal sealed record LeaseRow(int Partition, ulong Generation, string Instance, uint Writer, string Worker, LeaseState State, TimeSpan Lease, TimeSpan Age)
{
    /// <summary>
    /// True when nobody writes under this claim any more. Half a lease longer than the holder allows itself: for a renewal under way, and for a server to end an insert that its writer broke off.
    /// </summary>
    public bool IsOver => State is LeaseState.Released || Age >= Lease * 1.5;
}
