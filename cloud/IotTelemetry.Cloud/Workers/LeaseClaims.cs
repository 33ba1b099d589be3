namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// How one of several processes wins a claim. ClickHouse compares nothing and swaps nothing, but what is written is read by whoever reads later. So a claim is written, and looked at again
/// after the settling time: whoever claimed at the same moment is seen by then, and both know who has won. A claim that took longer than that to be written gives way to every other one: so a
/// slow store makes claims slow, but not void. Thread-safe.
/// </summary>
internal sealed class LeaseClaims(LeaseTable table, TimeSpan settling, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LeaseWatch _watch = new(time);

    /// <summary>This process. Random: Guid.CreateVersion7 would favour the older process in every tie.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    // Two that were late in step must not be so again.
    private TimeSpan Backoff => settling * ((Instance[0] % 16 * 16) + (Instance[1] % 16)) / 256;

    /// <summary>All claims.</summary>
    public async Task<LeaseBook> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyCollection<LeaseRow> rows = await table.ReadAsync(cancellationToken);
        lock (_gate)
        {
            return _watch.Look(rows);
        }
    }

    /// <summary>Writes claims, lets them settle, and returns those that won.</summary>
    /// <param name="claims">The claims, by this process.</param>
    /// <param name="start">When reading the book that they build upon began.</param>
    /// <param name="renewal">Rises with every call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<List<LeaseRow>> ClaimAsync(List<LeaseRow> claims, long start, Func<ulong> renewal, CancellationToken cancellationToken)
    {
        await table.WriteAsync(claims, renewal(), cancellationToken);

        // Somebody may have won the same generation without a sight of this claim; but his is in the table by now, and whoever comes later sees this one.
        bool isLate = time.GetElapsedTime(start) >= settling;
        await Task.Delay(settling, time, cancellationToken);
        LeaseBook after = await ReadAsync(cancellationToken);
        List<LeaseRow> won = [.. claims.Where(claim => IsWon(claim, after) && (!isLate || after.IsAlone(claim)))];
        if (isLate && won.Count < claims.Count)
        {
            await table.WriteAsync([.. claims.Except(won).Select(claim => claim with { State = LeaseState.Abandoned })], renewal(), cancellationToken);
            await Task.Delay(Backoff, time, cancellationToken);
        }

        return won;
    }

    // A writer's number stays won when the next one is given out; a partition with a newer claim has another holder.
    private bool IsWon(LeaseRow claim, LeaseBook book) =>
        (claim.Partition == LeaseTable.WriterNumbers ? book.Winner(claim.Partition, claim.Generation) : book.Holder(claim.Partition)) is { } winner
        && winner.Instance == Instance && winner.Generation == claim.Generation;
}
