using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// The one writer of a store that others could reach too: has all partitions, and begins when nobody else has any. A second one waits as a standby.
/// </summary>
internal sealed class SoleWriter(LeaseKeeper leases, IngestPipeline ingest, TimeSpan lookInterval, TimeProvider time, ILogger<SoleWriter> logger) : IWriterRole
{
    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public PartitionSet Held => leases.Mine;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await leases.NumberAsync(cancellationToken);
        TakeOver won = await leases.TryClaimAsync(PartitionSet.All, cancellationToken);
        if (won.Partitions != PartitionSet.All)
        {
            WorkerLog.WaitingForWriter(logger);
        }

        // What is won is renewed from the beginning: the rest may take its time.
        using CancellationTokenSource complete = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = leases.RunAsync(complete.Token);
        while (won.Partitions != PartitionSet.All && !renewing.IsCompleted)
        {
            await Task.Delay(lookInterval, time, cancellationToken);
            won = won.And(await leases.TryClaimAsync(PartitionSet.All.Without(won.Partitions), cancellationToken));
        }

        await ingest.TakeOverAsync(PartitionSet.All, won.Predecessors, cancellationToken);
        await leases.HoldAsync(PartitionSet.All, cancellationToken);
        ingest.Start(leases.Writer);
        await complete.CancelAsync();
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (renewing.IsFaulted)
        {
            await renewing;
        }
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellationToken) => leases.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => leases.ReleaseAllAsync(cancellationToken);
}
