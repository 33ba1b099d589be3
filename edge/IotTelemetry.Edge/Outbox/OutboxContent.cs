namespace IotTelemetry.Edge.Outbox;

/// <summary>What the loader found on disk.</summary>
/// <param name="Ledger">The ledger, empty when it could not be read.</param>
/// <param name="LedgerProblem">Why it could not be read.</param>
/// <param name="Queues">The epochs that have segments, oldest first.</param>
/// <param name="DamagedBytes">Bytes at ends of segments that belong to no whole record.</param>
internal sealed record OutboxContent(OutboxLedger Ledger, string? LedgerProblem, List<EpochQueue> Queues, long DamagedBytes)
{
    public OutboxStatus ToStatus()
    {
        var epochs = Ledger.Epochs.Where(e => Queues.All(q => q.Epoch != e.Epoch))
            .Concat(Queues.Select(q => new LedgerEpoch(q.Epoch, q.LastSeq, q.ReadingsAppended, q.ConfirmedSeq)))
            .OrderBy(e => e.Epoch)
            .ToArray();
        return new OutboxStatus
        {
            Epochs = epochs,
            ReadingsAppended = epochs.Aggregate(Ledger.EarlierReadings, (sum, epoch) => sum + epoch.ReadingsAppended),
            Depth = Queues.Aggregate(0UL, (sum, queue) => sum + queue.Pending),
            Bytes = Queues.Sum(q => q.Bytes),
            DroppedFrames = Ledger.DroppedFrames,
            DroppedReadings = Ledger.DroppedReadings,
            DamagedBytes = Ledger.DamagedBytes + (ulong)DamagedBytes,
        };
    }
}
