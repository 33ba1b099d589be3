namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// What the last frames of an epoch contained, as 64-bit fingerprints. A frame that comes again must be byte-identical; one that is not comes from an outbox
/// that was restored from a copy. Not thread-safe.
/// </summary>
internal sealed class FingerprintRing
{
    // A repeat after a lost acknowledgement is at most a send window long; older ones are looked up in the table frames.
    private const int Size = 64;
    private (ulong Seq, ulong Fingerprint)[] _entries = [];
    private int _next;

    public void Add(ulong seq, ulong fingerprint)
    {
        if (_next == _entries.Length && _entries.Length < Size)
        {
            // Most epochs of a large fleet are silent: their ring costs nothing until they speak.
            Array.Resize(ref _entries, _entries.Length == 0 ? 8 : _entries.Length * 2);
        }

        _next %= _entries.Length;
        _entries[_next++] = (seq, fingerprint);
    }

    public bool TryGet(ulong seq, out ulong fingerprint)
    {
        foreach ((ulong entrySeq, ulong entryFingerprint) in _entries)
        {
            // An unused entry has fingerprint 0, which Fingerprint.Of never returns.
            if (entrySeq == seq && entryFingerprint != 0)
            {
                fingerprint = entryFingerprint;
                return true;
            }
        }

        fingerprint = 0;
        return false;
    }
}
