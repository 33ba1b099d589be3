namespace IotTelemetry.Cloud.Ingest;

/// <summary>Fingerprints of stored frames of one epoch, read from the table <c>frames</c>.</summary>
/// <param name="From">The first sequence number asked for.</param>
/// <param name="BySeq">What was found.</param>
/// <param name="Through">The last sequence number this answers for: the last found, when the look-up was cut at its limit.</param>
internal sealed record StoredFingerprints(ulong From, IReadOnlyDictionary<ulong, ulong> BySeq, ulong Through)
{
    public bool Covers(ulong seq) => seq >= From && seq <= Through;

    /// <summary>True when a frame behind <paramref name="seq"/> was found.</summary>
    public bool HasLater(ulong seq) => BySeq.Count > 0 && BySeq.Keys.Max() > seq;
}
