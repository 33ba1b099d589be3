using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// The writer that has the store in its own process: the lock on the data directory says that no other lives. Without gateways of its own it writes nothing but what an earlier run of it left
/// half done, and leaves the partitions to the workers that come through the door.
/// </summary>
/// <param name="leases">What workers have claimed.</param>
/// <param name="ingest">What takes and stores.</param>
/// <param name="hasGateways">Gateways come to this process.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class EmbeddedWriter(LeaseTable leases, IngestPipeline ingest, bool hasGateways, TimeProvider time, ILogger<EmbeddedWriter> logger) : IWriterRole
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public PartitionSet Held => hasGateways ? PartitionSet.All : PartitionSet.None;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!hasGateways)
        {
            await ingest.TakeOverAsync(PartitionSet.All, [BatchNumber.Embedded], cancellationToken);
            return;
        }

        // Workers may have written through the door of an earlier run, to gateways that come to this broker now.
        LeaseBook book = await WaitForWorkersAsync(cancellationToken);
        PartitionSet left = PartitionSet.Of(PartitionSet.All.Where(partition => book.Predecessors(partition, ulong.MaxValue).Any()));
        IEnumerable<uint> workers = left.SelectMany(partition => book.Predecessors(partition, ulong.MaxValue)).Distinct();
        await ingest.TakeOverAsync(PartitionSet.All, [BatchNumber.Embedded, .. workers], cancellationToken);

        // A worker that still lives learns by this that it has lost them.
        string instance = Guid.NewGuid().ToString("N");
        LeaseRow[] taken = [.. left.Select(partition => book.Holder(partition)! with
        {
            Generation = book.LastGeneration(partition) + 1, Instance = instance, Writer = BatchNumber.Embedded, State = LeaseState.Released,
        })];
        await leases.WriteAsync(taken, renewal: 1, cancellationToken);
        ingest.Start(BatchNumber.Embedded);
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // None of them can renew: the door is not open yet.
    private async Task<LeaseBook> WaitForWorkersAsync(CancellationToken cancellationToken)
    {
        bool isTold = false;
        LeaseWatch watch = new(time);
        while (true)
        {
            LeaseBook book = watch.Look(await leases.ReadAsync(cancellationToken));
            if (PartitionSet.All.All(partition => book.Holder(partition)?.IsOver != false))
            {
                return book;
            }

            if (!isTold)
            {
                WorkerLog.WaitingForWriter(logger);
                isTold = true;
            }

            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }
}
