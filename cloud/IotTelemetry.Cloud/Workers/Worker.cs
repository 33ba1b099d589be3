using System.Threading.Channels;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// One of the workers of a fleet: has the partitions of its share, until a worker that starts later asks for them. It asks whoever has them, waits until nobody else writes, reads what is stored, and
/// only then connects and takes. A worker that is asked for a partition leaves the broker, stores what it took, gives the lease back and stands by: it takes the partition again when nobody has it.
/// </summary>
/// <param name="share">Its part.</param>
/// <param name="before">Writers that had no leases and may have left something half done.</param>
/// <param name="leases">Its right to write.</param>
/// <param name="link">The broker.</param>
/// <param name="ingest">What takes and stores.</param>
/// <param name="lookInterval">How often it looks for partitions that nobody has.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class Worker(
    WorkerShare share, IReadOnlyCollection<uint> before, LeaseKeeper leases, ExternalBrokerLink link, IngestPipeline ingest, TimeSpan lookInterval, TimeProvider time, ILogger<Worker> logger)
    : IWriterRole
{
    private readonly Channel<int> _takenOver = Channel.CreateUnbounded<int>();
    private bool _hasAsked;
    private TakeOver _won = new(PartitionSet.None, []);

    /// <inheritdoc/>
    public PartitionSet Held { get; private set; }

    /// <inheritdoc/>
    public string? Problem
    {
        get
        {
            PartitionSet missing = share.Partitions.Without(Held);
            PartitionSet unconnected = Held.Without(link.Connected);
            return !missing.IsEmpty ? $"this worker stands by for the partitions {missing}: another worker has them, or had them until a moment ago"
                : !unconnected.IsEmpty ? $"the broker cannot be reached for the partitions {unconnected}"
                : null;
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        link.TakenOver += partition => _takenOver.Writer.TryWrite(partition);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task renewing = leases.RunAsync(ended.Token);
        Task moving = MoveAsync(ended.Token);
        await Task.WhenAny(renewing, moving);
        await ended.CancelAsync();
        await Task.WhenAll(renewing, moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (renewing.IsFaulted ? renewing : moving);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(CancellationToken cancellationToken) => leases.ReleaseAllAsync(cancellationToken);

    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await NumberAsync(cancellationToken);
                await GiveUpAsync(cancellationToken);
                await TakeOverAsync(cancellationToken);
            }
            catch (Exception failure) when (failure is ClickHouseException or TimeoutException)
            {
                WorkerLog.TakeOverFailed(logger, failure);
            }

            using CancellationTokenSource looked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_takenOver.Reader.WaitToReadAsync(looked.Token).AsTask(), Task.Delay(lookInterval, time, looked.Token));
            await looked.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task NumberAsync(CancellationToken cancellationToken)
    {
        if (leases.Writer == 0)
        {
            await leases.NumberAsync(cancellationToken);
            ingest.Start(leases.Writer);
            WorkerLog.WorkerStarted(logger, share.ToString(), leases.Writer, share.Partitions.ToString());
        }
    }

    private async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        PartitionSet asked = await leases.ReadAskedAsync(cancellationToken);
        while (_takenOver.Reader.TryRead(out int partition))
        {
            asked = asked.With(partition);
        }

        if (asked.IsEmpty)
        {
            return;
        }

        await link.CloseAsync(asked);
        _won = _won with { Partitions = _won.Partitions.Without(asked) };
        PartitionSet held = asked.And(Held);
        Held = Held.Without(asked);
        if (!held.IsEmpty)
        {
            await ingest.FlushAsync(cancellationToken);
            ingest.Forget(held);
            WorkerLog.PartitionsYielded(logger, held.ToString());
        }

        await leases.ReleaseAsync(asked.And(leases.Mine), cancellationToken);
    }

    private async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        PartitionSet missing = share.Partitions.Without(Held).Without(_won.Partitions);
        if (!missing.IsEmpty)
        {
            // What was won before, and then something failed, goes on as well.
            _won = _won.And(await leases.TryClaimAsync(missing, cancellationToken));
            if (!_hasAsked)
            {
                await leases.AskAsync(missing, cancellationToken);
                _hasAsked = true;
            }
        }

        PartitionSet won = _won.Partitions;
        if (won.IsEmpty)
        {
            return;
        }

        ingest.Forget(won);
        await ingest.TakeOverAsync(won, [.. _won.Predecessors.Union(before)], cancellationToken);
        await leases.HoldAsync(won, cancellationToken);
        WorkerLog.PartitionsTakenOver(logger, won.ToString(), _won.Predecessors.Count);
        _won = new TakeOver(PartitionSet.None, []);
        Held = Held.Or(won);
        link.Open(won);
    }
}
