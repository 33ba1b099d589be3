using IotTelemetry.Cloud.Ledger;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// Compares a frame with what ingest remembers of its epoch. Within an epoch only the next number is taken, and a repeat is byte-identical (SPECIFICATION.md, section 6): so a frame
/// that a broker lost on the way is missed, and the cursor never passes it.
/// </summary>
internal sealed class FrameJudge(StoredRecords records)
{
    /// <summary>Decides; the caller has the gateway's turn. Looks into the store only for a repeat that memory does not know.</summary>
    public async ValueTask<FrameVerdict> JudgeAsync(GatewaySession gateway, EpochState epoch, ulong seq, ulong fingerprint, CancellationToken cancellationToken)
    {
        if (seq > epoch.Expected)
        {
            return FrameVerdict.Ahead;
        }

        if (seq == epoch.AcceptedNext)
        {
            // Every one below was taken or given up. The cursor tells the truth again.
            epoch.History = null;
            epoch.Contradicted = false;
            return FrameVerdict.New;
        }

        if (epoch.WasGivenUp(seq))
        {
            return FrameVerdict.GivenUp;
        }

        bool isSame = await IsSameAsync(gateway, epoch, seq, fingerprint, cancellationToken);
        if (epoch.Uncompared == seq)
        {
            epoch.Uncompared = null;
        }

        if (isSame)
        {
            return FrameVerdict.Repeat;
        }

        epoch.Contradicted = true;
        return FrameVerdict.Contradiction;
    }

    private async ValueTask<bool> IsSameAsync(GatewaySession gateway, EpochState epoch, ulong seq, ulong fingerprint, CancellationToken cancellationToken)
    {
        if (epoch.Recent.TryGet(seq, out ulong known))
        {
            return known == fingerprint;
        }

        if (seq >= epoch.StoredNext)
        {
            return true; // Taken by this run, on its way, and longer ago than memory reaches.
        }

        if (epoch.History?.Covers(seq) != true)
        {
            epoch.History = await records.FingerprintsAsync(gateway.Id, epoch.Epoch, seq, cancellationToken);
        }

        // A number that was skipped while later ones are stored was never stored: these bytes are new. Without later ones the row of this frame itself may be missing, after
        // a crash between ledger and frames (see LedgerRecovery): then it is a repeat.
        return epoch.History.BySeq.TryGetValue(seq, out known) ? known == fingerprint : !epoch.History.HasLater(seq);
    }
}
