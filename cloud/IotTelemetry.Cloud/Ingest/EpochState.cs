using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// What ingest remembers of one epoch of a gateway's outbox. Numbers are "next": one more than the last sequence number.
/// Everything is changed by whoever has the gateway's turn, except <see cref="StoredNext"/>, which the batch writer moves while frames are on their way.
/// </summary>
internal sealed class EpochState(ulong epoch)
{
    // A gateway that gives up frames does so again and again while its disk is full; what is older than this is in the store's own order.
    private const int GapsRemembered = 16;
    private readonly Dictionary<(int Month, string Kind), ulong> _unfinished = [];
    private readonly Queue<(ulong First, ulong Next)> _givenUp = [];
    private ulong _acceptedNext = FrameLimits.FirstSequence;
    private ulong _storedNext = FrameLimits.FirstSequence;

    public ulong Epoch { get; } = epoch;

    /// <summary>Every frame below is stored, in a batch, waits for a birth, or was given up by its gateway: the only number that is taken next.</summary>
    public ulong AcceptedNext
    {
        get => Volatile.Read(ref _acceptedNext);
        set => Volatile.Write(ref _acceptedNext, value);
    }

    /// <summary>Every frame below is in the store, refused or given up: what the cursor says.</summary>
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
    /// A frame below <see cref="AcceptedNext"/> that could not be compared with what is stored under its number. Nothing behind it is taken before it came again: the cursor would pass
    /// bytes that may be new.
    /// </summary>
    public ulong? Uncompared { get; set; }

    /// <summary>The highest number that may come now; a frame further ahead is left with its gateway.</summary>
    public ulong Expected => Uncompared ?? AcceptedNext;

    public FingerprintRing Recent { get; } = new();

    /// <summary>Fingerprints looked up for a repeat that is older than <see cref="Recent"/>; null when there is none under way.</summary>
    public StoredFingerprints? History { get; set; }

    /// <summary>The gateway says that nothing below <paramref name="next"/> will come any more.</summary>
    /// <returns>How many frames will never come that were expected until now.</returns>
    public ulong Advance(ulong next)
    {
        if (Uncompared < next)
        {
            Uncompared = null;
        }

        if (next >= AcceptedNext)
        {
            // An outbox that was restored from a copy has passed what is stored.
            Contradicted = false;
        }

        if (next <= AcceptedNext)
        {
            return 0;
        }

        ulong missing = next - AcceptedNext;
        _givenUp.Enqueue((AcceptedNext, next));
        if (_givenUp.Count > GapsRemembered)
        {
            _givenUp.Dequeue();
        }

        // With nothing on its way, nobody else moves the cursor; otherwise the next frame does.
        StoredNext = StoredNext == AcceptedNext ? next : StoredNext;
        AcceptedNext = next;
        return missing;
    }

    /// <summary>True when the gateway said, since the start of this process, that this frame will never come.</summary>
    public bool WasGivenUp(ulong seq)
    {
        foreach ((ulong first, ulong next) in _givenUp)
        {
            if (seq >= first && seq < next)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a start found rows of frames that are not complete.</summary>
    public bool HasUnfinished => _unfinished.Count > 0;

    /// <summary>A start found rows of frames up to <paramref name="seq"/> in this month and of this kind of assets, though the frames are not complete.</summary>
    public void MarkUnfinished(int month, string kind, ulong seq)
    {
        if (!_unfinished.TryGetValue((month, kind), out ulong known) || seq > known)
        {
            _unfinished[(month, kind)] = seq;
        }
    }

    /// <summary>True when the rows of this frame in this month and of this kind are in the store already, from before a crash.</summary>
    public bool HasRowsOf(int month, string kind, ulong seq) => _unfinished.TryGetValue((month, kind), out ulong last) && seq <= last;
}
