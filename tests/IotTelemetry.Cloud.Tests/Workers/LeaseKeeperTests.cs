using System.Diagnostics;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Cloud.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Processes that want the same partitions of one store: never two at a time.</summary>
[Collection(EngineTests.Name)]
public sealed class LeaseKeeperTests(EngineFixture store)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Of_three_that_claim_at_the_same_moment_each_partition_goes_to_one()
    {
        LeaseTable table = await TableAsync();
        LeaseKeeper[] keepers = [.. Enumerable.Range(1, 3).Select(n => Keeper(table, $"{n}", Long))];
        await Task.WhenAll(keepers.Select(keeper => keeper.NumberAsync(CancellationToken.None)));
        Assert.Equal(3, keepers.Select(keeper => keeper.Writer).Distinct().Count());

        PartitionSet[] won = new PartitionSet[3];
        Stopwatch clock = Stopwatch.StartNew();
        while (won[0].Or(won[1]).Or(won[2]) != PartitionSet.All)
        {
            Assert.True(clock.Elapsed < Limit, "not all partitions were won");
            TakeOver[] round = await Task.WhenAll(keepers.Select((keeper, i) => keeper.TryClaimAsync(PartitionSet.All.Without(won[i]), CancellationToken.None)));
            for (int i = 0; i < won.Length; i++)
            {
                won[i] = won[i].Or(round[i].Partitions);
            }

            Assert.Equal(won.Sum(set => set.Count), won[0].Or(won[1]).Or(won[2]).Count);
        }
    }

    [Fact]
    public async Task What_is_given_back_is_free_at_once_and_leaves_nobody_to_look_after()
    {
        LeaseTable table = await TableAsync();
        PartitionSet some = PartitionSet.Of([3, 63]);
        LeaseKeeper first = await HolderAsync(table, "first", Long, some);
        Assert.True((await (await NumberedAsync(table, "second", Long)).TryClaimAsync(some, CancellationToken.None)).Partitions.IsEmpty);
        await first.ReleaseAsync(some, CancellationToken.None);
        LeaseKeeper third = await NumberedAsync(table, "third", Long);
        TakeOver won = await ClaimAsync(third, some);
        Assert.Equal(some, won.Partitions);
        Assert.Empty(won.Predecessors);
    }

    [Fact]
    public async Task Who_does_not_renew_loses_everything_to_the_next_and_may_not_write_any_more()
    {
        LeaseTable table = await TableAsync();
        PartitionSet some = PartitionSet.Of([0, 1]);
        LeaseKeeper dead = await HolderAsync(table, "dead", Short, some);
        Task<ClickHouseException> broken = Assert.ThrowsAsync<ClickHouseException>(
            () => dead.WriteAsync(token => Task.Delay(Timeout.Infinite, token), CancellationToken.None).AsTask());

        LeaseKeeper next = await NumberedAsync(table, "next", Long);
        TakeOver won = await ClaimAsync(next, some);
        Assert.Equal([dead.Writer], won.Predecessors);
        Assert.True((await broken.WaitAsync(Limit)).IsTransient);

        // It comes back to life: what it has in memory is void, and it says so to whoever wants to write.
        ValueTask late = dead.WriteAsync(_ => throw new InvalidOperationException("written without the right to"), CancellationToken.None);
        await Assert.ThrowsAsync<LeaseLostException>(() => dead.RunAsync(CancellationToken.None).WaitAsync(Limit));
        await Assert.ThrowsAsync<LeaseLostException>(() => late.AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Who_could_not_renew_for_long_goes_on_when_nobody_came_in_between()
    {
        LeaseTable table = await TableAsync();
        LeaseKeeper keeper = await HolderAsync(table, "alone", Short, PartitionSet.Of([5]));
        await Assert.ThrowsAsync<ClickHouseException>(() => keeper.WriteAsync(token => Task.Delay(Timeout.Infinite, token), CancellationToken.None).AsTask().WaitAsync(Limit));

        using CancellationTokenSource ended = new();
        Task renewing = keeper.RunAsync(ended.Token);
        bool written = false;
        await keeper.WriteAsync(
            _ =>
            {
                written = true;
                return Task.CompletedTask;
            },
            CancellationToken.None).AsTask().WaitAsync(Limit);
        Assert.True(written);
        Assert.Equal(PartitionSet.Of([5]), keeper.Mine);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => renewing);
    }

    [Fact]
    public async Task Numbers_are_given_out_to_processes_that_start_while_others_still_settle()
    {
        LeaseTable table = await TableAsync();
        List<Task<LeaseKeeper>> starting = [];
        for (int n = 1; n <= 3; n++)
        {
            starting.Add(NumberedAsync(table, $"{n}", Long));
            Stopwatch clock = Stopwatch.StartNew();
            while ((await table.ReadAsync(CancellationToken.None)).All(row => row.Worker != $"{n}"))
            {
                Assert.True(clock.Elapsed < Limit, $"{n} has not claimed a number");
            }
        }

        LeaseKeeper[] keepers = await Task.WhenAll(starting).WaitAsync(Limit);
        Assert.Equal(3, keepers.Select(keeper => keeper.Writer).Distinct().Count());

        // Each by its first claim: who loses a number because the next one is claimed may go on doing so for minutes.
        Assert.Equal(3, (await table.ReadAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task On_a_store_that_is_slower_than_claims_settle_each_partition_goes_to_one_all_the_same()
    {
        LeaseTable table = await TableAsync();
        LeaseKeeper[] keepers = [.. Enumerable.Range(1, 2).Select(n => Keeper(table, $"{n}", Long, TimeSpan.FromTicks(1)))];
        await Task.WhenAll(keepers.Select(keeper => keeper.NumberAsync(CancellationToken.None))).WaitAsync(Limit);
        Assert.NotEqual(keepers[0].Writer, keepers[1].Writer);

        TakeOver[] won = await Task.WhenAll(keepers.Select(keeper => ClaimAsync(keeper, PartitionSet.All, () => keepers[0].Mine.Or(keepers[1].Mine) == PartitionSet.All)));
        Assert.Equal(PartitionSet.All, won[0].Partitions.Or(won[1].Partitions));
        Assert.True(won[0].Partitions.And(won[1].Partitions).IsEmpty);
    }

    private static async Task<LeaseKeeper> HolderAsync(LeaseTable table, string name, TimeSpan lease, PartitionSet partitions)
    {
        LeaseKeeper keeper = await NumberedAsync(table, name, lease);
        Assert.Equal(partitions, (await ClaimAsync(keeper, partitions)).Partitions);
        await keeper.HoldAsync(partitions, CancellationToken.None);
        return keeper;
    }

    private static async Task<LeaseKeeper> NumberedAsync(LeaseTable table, string name, TimeSpan lease)
    {
        LeaseKeeper keeper = Keeper(table, name, lease);
        await keeper.NumberAsync(CancellationToken.None);
        return keeper;
    }

    // A claim may give way to another one: then it is made again.
    private static async Task<TakeOver> ClaimAsync(LeaseKeeper keeper, PartitionSet partitions, Func<bool>? isEnough = null)
    {
        Stopwatch clock = Stopwatch.StartNew();
        TakeOver won = new(PartitionSet.None, []);
        while (won.Partitions != partitions && isEnough?.Invoke() != true && clock.Elapsed < Limit)
        {
            won = won.And(await keeper.TryClaimAsync(partitions.Without(won.Partitions), CancellationToken.None));
        }

        return won;
    }

    private static LeaseKeeper Keeper(LeaseTable table, string name, TimeSpan lease, TimeSpan? settling = null) =>
        new(table, name, lease, TimeProvider.System, NullLogger<LeaseKeeper>.Instance, settling ?? Settling);

    private async Task<LeaseTable> TableAsync()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        return new LeaseTable(store.Engine, new StoreTables(database).Leases);
    }
}
