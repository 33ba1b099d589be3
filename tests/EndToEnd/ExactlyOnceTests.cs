using IotTelemetry.Demo;

namespace IotTelemetry.EndToEnd.Tests;

/// <summary>The promise, with the real programs as processes: every reading that entered an outbox is in ClickHouse exactly once.</summary>
public sealed class ExactlyOnceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    [Fact]
    public async Task Killing_the_cloud_in_mid_run_loses_nothing_and_doubles_nothing()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, SimulatedGateway.Demo, limit.Token);

        long stored = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            stored = await RowsBeyondAsync(system, stored, limit.Token);
            await system.KillAndRestartCloudAsync(limit.Token);
        }

        await RowsBeyondAsync(system, stored, limit.Token);
        await AssertExactAsync(system, limit.Token);
    }

    [Fact]
    public async Task Killing_the_gateways_in_mid_run_loses_nothing_that_was_in_an_outbox()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, SimulatedGateway.Demo, limit.Token);

        long stored = 0;
        for (var kill = 0; kill < 2; kill++)
        {
            stored = await RowsBeyondAsync(system, stored, limit.Token);
            await system.KillAndRestartGatewaysAsync();
        }

        await RowsBeyondAsync(system, stored, limit.Token);
        await AssertExactAsync(system, limit.Token);
    }

    [Fact]
    public async Task A_cloud_that_is_stopped_orderly_starts_again_where_it_was()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var folder = new TemporaryFolder();
        await using var system = await LocalSystem.StartAsync(folder.Path, SimulatedGateway.Demo, limit.Token);

        var stored = await RowsBeyondAsync(system, 0, limit.Token);
        Assert.Equal(0, await system.Cloud.StopAsync());
        await system.KillAndRestartCloudAsync(limit.Token);
        await RowsBeyondAsync(system, stored, limit.Token);
        await AssertExactAsync(system, limit.Token);
    }

    private static async Task AssertExactAsync(LocalSystem system, CancellationToken cancellationToken)
    {
        var sent = await system.StopGatewaysAsync(cancellationToken);
        var balance = await Balance.TakeAsync(system.Cloud, sent, cancellationToken);
        Assert.True(balance.ReadingsSent > 0);
        Assert.Equal(new Balance(sent, sent, sent), balance);
    }

    /// <summary>Waits until more rows are stored than <paramref name="known"/>, so that a kill falls into a running stream.</summary>
    private static async Task<long> RowsBeyondAsync(LocalSystem system, long known, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            var rows = (await system.Cloud.QueryNumbersAsync("SELECT count() FROM iot.readings", cancellationToken))[0];
            if (rows > known)
            {
                return rows;
            }
        }
        while (await poll.WaitForNextTickAsync(cancellationToken));

        throw new InvalidOperationException("the timer ended before the rows came");
    }
}
