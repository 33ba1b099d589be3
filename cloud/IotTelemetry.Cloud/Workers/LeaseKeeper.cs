using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>
/// The right of this process to write for partitions: claims it (<see cref="LeaseClaims"/>), renews it, gives it back, and lets nothing be written without it. All times are measured on each
/// process's own monotonic clock. Thread-safe.
/// </summary>
internal sealed class LeaseKeeper(LeaseTable table, string worker, TimeSpan lease, TimeProvider time, ILogger<LeaseKeeper> logger, TimeSpan? settling = null) : IWriteGuard
{
    // The settling time is the same for all that write to one store.
    private readonly LeaseClaims _claims = new(table, settling ?? lease / 5, time);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LeaseRow> _mine = [];
    private readonly Dictionary<int, long> _sentAt = [];
    private TaskCompletionSource _renewed = NewSignal();
    private LeaseLostException? _lost;
    private ulong _renewal;
    private bool _failing;

    /// <summary>The writer's number of this process, after <see cref="NumberAsync"/>.</summary>
    public uint Writer { get; private set; }

    /// <summary>The partitions that this process has won or holds.</summary>
    public PartitionSet Mine
    {
        get
        {
            lock (_gate)
            {
                return PartitionSet.Of(_mine.Keys);
            }
        }
    }

    /// <summary>Gets a writer's number that no other process has.</summary>
    public async Task NumberAsync(CancellationToken cancellationToken)
    {
        while (Writer == 0)
        {
            long start = time.GetTimestamp();
            LeaseBook book = await _claims.ReadAsync(cancellationToken);
            if (await _claims.ClaimAsync([NewClaim(LeaseTable.WriterNumbers, book)], start, NextRenewal, cancellationToken) is [{ } won])
            {
                Writer = (uint)(won.Generation % (BatchNumber.Writers - 1)) + 1;
            }
        }
    }

    /// <summary>Claims those of the partitions that nobody has, or only somebody whose lease is over.</summary>
    /// <returns>What was won, and whose work is to be looked after.</returns>
    public async Task<TakeOver> TryClaimAsync(PartitionSet wanted, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        LeaseBook book = await _claims.ReadAsync(cancellationToken);
        List<LeaseRow> claims = [.. wanted.Where(partition => book.Holder(partition)?.IsOver != false).Select(partition => NewClaim(partition, book))];
        List<LeaseRow> won = claims.Count == 0 ? [] : await _claims.ClaimAsync(claims, start, NextRenewal, cancellationToken);
        await WriteAsync([.. won.Select(row => row with { State = LeaseState.Won })], NextRenewal(), isNew: true, cancellationToken);

        return new TakeOver(PartitionSet.Of(won.Select(row => row.Partition)), [.. won.SelectMany(row => book.Predecessors(row.Partition, row.Generation)).Distinct()]);
    }

    /// <summary>From now on frames are taken in these partitions: nothing that was before needs to be looked after again.</summary>
    public Task HoldAsync(PartitionSet partitions, CancellationToken cancellationToken) => RenewAsync(partitions, LeaseState.Held, cancellationToken);

    /// <summary>Gives partitions back; all that was taken is stored.</summary>
    public async Task ReleaseAsync(PartitionSet partitions, CancellationToken cancellationToken)
    {
        List<LeaseRow> rows;
        ulong renewal;
        lock (_gate)
        {
            renewal = ++_renewal;
            rows = [.. _mine.Values.Where(row => partitions.Contains(row.Partition))];
            rows.ForEach(row => _mine.Remove(row.Partition));
        }

        await table.WriteAsync([.. rows.Select(row => row with { State = LeaseState.Released })], renewal, cancellationToken);
    }

    /// <summary>Asks whoever has one of these partitions to give it back.</summary>
    public async Task AskAsync(PartitionSet wanted, CancellationToken cancellationToken)
    {
        LeaseBook book = await _claims.ReadAsync(cancellationToken);
        List<LeaseRow> questions = [];
        foreach (int partition in wanted)
        {
            if (book.Holder(partition) is { IsOver: false } holder && holder.Instance != _claims.Instance)
            {
                questions.Add(holder with { Instance = _claims.Instance, Writer = Writer, Worker = worker, State = LeaseState.Wanted, Lease = lease });
            }
        }

        await table.WriteAsync(questions, NextRenewal(), cancellationToken);
    }

    /// <summary>The partitions of this process that another one asks for.</summary>
    public async Task<PartitionSet> ReadAskedAsync(CancellationToken cancellationToken)
    {
        LeaseBook book = await _claims.ReadAsync(cancellationToken);
        lock (_gate)
        {
            return PartitionSet.Of(_mine.Values.Where(row => book.IsWanted(row.Partition, row.Generation)).Select(row => row.Partition));
        }
    }

    /// <summary>Gives everything back, as well as it can be had: what is not given back runs out.</summary>
    public async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReleaseAsync(PartitionSet.All, cancellationToken);
        }
        catch (Exception failure) when (failure is ClickHouseException or OperationCanceledException)
        {
            WorkerLog.LeasesNotReleased(logger, failure);
        }
    }

    /// <summary>Renews until cancelled.</summary>
    /// <exception cref="LeaseLostException">Another worker took partitions over while this process could not renew.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_failing ? lease / 16 : lease / 4, time, cancellationToken);
            try
            {
                await RenewAsync(PartitionSet.All, null, cancellationToken);
                _failing = false;
            }
            catch (Exception failure) when (failure is ClickHouseException or TimeoutException)
            {
                if (!_failing)
                {
                    WorkerLog.LeaseNotRenewed(logger, failure);
                }

                _failing = true;
            }
            catch (LeaseLostException lost)
            {
                lock (_gate)
                {
                    _lost = lost;
                    _renewed.TrySetResult();
                }

                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        TimeSpan left = await WaitForTimeAsync(cancellationToken);
        using CancellationTokenSource over = new(left, time);
        using CancellationTokenSource mayWrite = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await write(mayWrite.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ClickHouseException($"an insert was broken off after {left.TotalSeconds:F1} s, when the lease on the gateways' partitions ran out", isTransient: true);
        }
    }

    // An insert that would not be through before the lease is over is better begun after the next renewal.
    private async ValueTask<TimeSpan> WaitForTimeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task renewed;
            lock (_gate)
            {
                if (_lost is not null)
                {
                    throw _lost;
                }

                TimeSpan left = _mine.Count == 0 ? lease : _mine.Keys.Min(Left);
                if (left >= lease / 4)
                {
                    return left;
                }

                renewed = _renewed.Task;
            }

            await renewed.WaitAsync(cancellationToken);
        }
    }

    private async Task RenewAsync(PartitionSet partitions, LeaseState? state, CancellationToken cancellationToken)
    {
        if (IsAnyOver())
        {
            await ReclaimAsync(cancellationToken);
        }

        List<LeaseRow> rows;
        ulong renewal;
        lock (_gate)
        {
            renewal = ++_renewal;
            rows = [.. _mine.Values.Where(row => partitions.Contains(row.Partition)).Select(row => row with { State = state ?? row.State })];
            rows.ForEach(row => _mine[row.Partition] = row);
        }

        await WriteAsync(rows, renewal, isNew: false, cancellationToken);
    }

    private bool IsAnyOver()
    {
        lock (_gate)
        {
            return _mine.Keys.Any(partition => Left(partition) <= TimeSpan.Zero);
        }
    }

    /// <summary>The lease ran out, so others may have claimed. If nobody did, everything in memory still holds.</summary>
    private async Task ReclaimAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        LeaseBook book = await _claims.ReadAsync(cancellationToken);
        List<LeaseRow> claims = [.. Mine.Select(partition => NewClaim(partition, book))];
        foreach (LeaseRow claim in claims)
        {
            if (book.Holder(claim.Partition) is not { } holder || holder.Instance != _claims.Instance)
            {
                throw new LeaseLostException($"the lease on partition {claim.Partition} ran out, and {book.Holder(claim.Partition)?.Worker ?? "nobody"} has it now");
            }
        }

        List<LeaseRow> won = await _claims.ClaimAsync(claims, start, NextRenewal, cancellationToken);
        lock (_gate)
        {
            // What was given back in the meantime is not wanted any more; the rest goes on in the state it had.
            won.ForEach(row =>
            {
                if (_mine.TryGetValue(row.Partition, out LeaseRow? old))
                {
                    _mine[row.Partition] = row with { State = old.State };
                    _sentAt[row.Partition] = start;
                }
            });
        }

        if (IsAnyOver())
        {
            throw new TimeoutException("the lease ran out and could not be claimed again yet");
        }
    }

    /// <summary>Writes rows of this process; the lease then runs from the moment before.</summary>
    private async Task WriteAsync(List<LeaseRow> rows, ulong renewal, bool isNew, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        // Others wait for half a lease more than this process allows itself: a renewal that takes longer must not count.
        long sent = time.GetTimestamp();
        using CancellationTokenSource late = new(lease / 2, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await table.WriteAsync(rows, renewal, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the store did not take a lease within {lease / 2}");
        }

        lock (_gate)
        {
            foreach (LeaseRow row in rows)
            {
                if (isNew || (_mine.TryGetValue(row.Partition, out LeaseRow? mine) && mine.Generation == row.Generation))
                {
                    _mine[row.Partition] = isNew ? row : _mine[row.Partition];
                    _sentAt[row.Partition] = sent;
                }
            }

            _renewed.TrySetResult();
            _renewed = NewSignal();
        }
    }

    private LeaseRow NewClaim(int partition, LeaseBook book) =>
        new(partition, book.LastGeneration(partition) + 1, _claims.Instance, Writer, worker, LeaseState.Claimed, lease, TimeSpan.Zero);

    private TimeSpan Left(int partition) => lease - time.GetElapsedTime(_sentAt[partition]);

    private ulong NextRenewal() => Interlocked.Increment(ref _renewal);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
