namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// What the segments cannot tell, kept in the file <c>ledger.json</c>: how far each epoch is confirmed, and the totals of what is no longer on disk.
/// It may be lost or old: then frames are sent again that the cloud already has, and it says so.
/// </summary>
internal sealed record OutboxLedger
{
    public int Version { get; init; } = 1;

    public ulong DroppedFrames { get; init; }

    public ulong DroppedReadings { get; init; }

    /// <summary>Bytes that were skipped as damaged or torn, ever.</summary>
    public ulong DamagedBytes { get; init; }

    /// <summary>Frames of epochs that are no longer listed.</summary>
    public ulong EarlierFrames { get; init; }

    /// <summary>Readings of epochs that are no longer listed.</summary>
    public ulong EarlierReadings { get; init; }

    /// <summary>Oldest first; the last is the current one.</summary>
    public IReadOnlyList<LedgerEpoch> Epochs { get; init; } = [];
}
