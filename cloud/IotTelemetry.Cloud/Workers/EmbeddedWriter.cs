using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>The writer that has the store in its own process: the lock on the data directory says that no other lives, so it waits for nobody.</summary>
internal sealed class EmbeddedWriter(LeaseTable leases, IngestPipeline ingest) : IWriterRole
{
    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public PartitionSet Held => PartitionSet.All;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Workers may have written through the door of an earlier run, to gateways that come to this broker now.
        IReadOnlyCollection<uint> workers = await LeaseKeeper.PredecessorsAsync(leases, PartitionSet.All, cancellationToken);
        await ingest.TakeOverAsync(PartitionSet.All, [BatchNumber.Embedded, .. workers], cancellationToken);
        ingest.Start(BatchNumber.Embedded);
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
