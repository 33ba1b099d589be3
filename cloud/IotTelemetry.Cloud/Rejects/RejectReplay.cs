using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Rejects;

/// <summary>
/// Takes rejected frames again, after what was wrong with them was mended: a birth that has come, a limit that was raised, a decoder that knows more. A frame keeps its number, whose cursor has long
/// passed; it is stored once, because it is looked up before, by number and by what a replay that was cut off left of it. One replay at a time.
/// </summary>
internal sealed class RejectReplay(RejectRecords records, IngestPipeline ingest, IWriterRole role) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Replays; with <paramref name="dryRun"/> it says only what would be done.</summary>
    public async Task<ReplayReport> RunAsync(RejectFilter filter, bool dryRun, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            List<ReplayItem> items = [];
            foreach (StoredReject reject in await records.FramesAsync(filter, cancellationToken))
            {
                items.Add(await ReplayAsync(reject, dryRun, cancellationToken));
            }

            ReplayItem[] stored = [.. items.Where(item => item.Outcome == ReplayOutcome.Stored)];
            if (stored.Length > 0 && !dryRun)
            {
                await ingest.FlushAsync(cancellationToken); // Only then is it true.
            }

            int bad = items.Count(item => item.Outcome == ReplayOutcome.StillBad);
            return new ReplayReport(dryRun, stored.Length, stored.Sum(item => (long)item.Readings), bad, items.Count - stored.Length - bad, items);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ReplayItem> ReplayAsync(StoredReject reject, bool dryRun, CancellationToken cancellationToken)
    {
        if (!role.Held.Contains(reject.Gateway.Partition))
        {
            return Item(ReplayOutcome.Elsewhere);
        }

        if (await records.StoredUnderAsync(reject, cancellationToken) is { } stored)
        {
            return Item(stored == reject.Fingerprint ? ReplayOutcome.StoredBefore : ReplayOutcome.NumberTaken);
        }

        (int readings, string? problem) = await ingest.Frames.RetakeAsync(
            ingest.Registry.Get(reject.Gateway), reject.Payload, reject.ReceivedAtMs, dryRun, (first, last) => records.ReadingsUnderAsync(reject, first, last, cancellationToken), cancellationToken);
        return Item(problem is null ? ReplayOutcome.Stored : ReplayOutcome.StillBad, readings, problem);

        ReplayItem Item(ReplayOutcome outcome, int readings = 0, string? detail = null) =>
            new(reject.Gateway.ToString(), reject.Epoch, reject.Seq, outcome, readings, detail);
    }
}
