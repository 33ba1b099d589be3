namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// What ingest remembers of one epoch of a gateway's outbox. Positions are "next": one more than the last sequence number, 0 when there is none.
/// Everything is changed by whoever has the gateway's turn, except <see cref="StoredNext"/>, which the batch writer moves.
/// </summary>
internal sealed class EpochState(ulong epoch)
{
    private readonly Dictionary<int, ulong> _unfinished = [];
    private ulong _acceptedNext;
    private ulong _storedNext;

    public ulong Epoch { get; } = epoch;

    /// <summary>Every frame below is stored, in a batch, or waits for a birth.</summary>
    public ulong AcceptedNext
    {
        get => Volatile.Read(ref _acceptedNext);
        set => Volatile.Write(ref _acceptedNext, value);
    }

    /// <summary>Every frame below is in the store: what the cursor says.</summary>
    public ulong StoredNext
    {
        get => Volatile.Read(ref _storedNext);
        set => Volatile.Write(ref _storedNext, value);
    }

    /// <summary>Order in which epochs were last active; the cursor has room for the latest ones only.</summary>
    public long LastActive { get; set; }

    /// <summary>
    /// The gateway sent other bytes under a number that is stored already: its outbox was restored from a copy. Until it has passed what is stored, the cursor of this epoch is withheld,
    /// because it would delete frames that the gateway has not sent yet.
    /// </summary>
    public bool Contradicted { get; set; }

    /// <summary>
    /// A frame was refused for want of room, and frames behind it must not be taken before it came again: a gap would make it look like a duplicate.
    /// </summary>
    public ulong? RefusedFrom { get; set; }

    /// <summary>The highest sequence number presented since the last repeat began.</summary>
    public ulong LastPresented { get; set; }

    public FingerprintRing Recent { get; } = new();

    /// <summary>Fingerprints looked up for a repeat that is older than <see cref="Recent"/>; null when there is none under way.</summary>
    public StoredFingerprints? History { get; set; }

    /// <summary>A start found rows of frames up to <paramref name="seq"/> in this month, though the frames are not complete.</summary>
    public void MarkUnfinished(int month, ulong seq)
    {
        if (!_unfinished.TryGetValue(month, out ulong known) || seq > known)
        {
            _unfinished[month] = seq;
        }
    }

    /// <summary>True when the rows of this frame in this month are in the store already, from before a crash.</summary>
    public bool HasRowsOf(int month, ulong seq) => _unfinished.Count > 0 && _unfinished.TryGetValue(month, out ulong last) && seq <= last;
}
