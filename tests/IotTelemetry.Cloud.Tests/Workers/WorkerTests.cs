using System.Diagnostics;
using System.Net;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Workers as processes between mosquitto and one store behind the analysts' door: killed, stopped, and changed in number while gateways send; and the store killed under them.</summary>
public sealed class WorkerTests
{
    private const int Gateways = 6;
    private const int FramesPerEpoch = 120;
    private const int ReadingsPerFrame = 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TestGateway[] _gateways = [.. Enumerable.Range(1, Gateways).Select(n => new TestGateway($"moving-{n}", bays: 10))];

    [MosquittoFact]
    public async Task Killed_workers_a_changed_number_of_them_and_a_killed_store_lose_nothing_double_nothing_and_keep_the_order()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using StoreService store = await StoreService.StartAsync();
        await using WorkerFleet fleet = new(broker, store, leaseSeconds: "8");
        await fleet.StartAsync("1/3", "2/3", "3/3");
        using (HttpResponseMessage refused = await fleet.GetAsync("1/3", "api/assets"))
        {
            Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
            Assert.Contains("This is worker 1/3", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await WhileSendingAsync(broker, store, fleet, epoch: 1, async () =>
        {
            await fleet.KillAsync("2/3");
            await fleet.StartAsync("2/3");
        });
        await WhileSendingAsync(broker, store, fleet, epoch: 2, async () =>
        {
            // The new ones ask for the partitions while the old ones have them.
            await fleet.StartAsync("1/2", "2/2");
            await fleet.KillAsync("1/3");
            await fleet.TerminateAsync("2/3", "3/3");
        });
        await WhileSendingAsync(broker, store, fleet, epoch: 3, store.RestartAsync);
        await fleet.TerminateAsync("1/2", "2/2");

        const int Expected = 3 * Gateways * FramesPerEpoch * ReadingsPerFrame;
        Assert.Equal($"{Expected}\t{Expected}", await store.Process.QueryAsync("SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings"));
        Assert.Equal("0", await store.Process.QueryAsync(
            "SELECT countIf(batch < before) FROM (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM iot.frames)"));
        Assert.Equal("0", await store.Process.QueryAsync(RollupDifferences.Sql("iot", "minute")));
        Assert.Equal("0", await store.Process.QueryAsync(RollupDifferences.Sql("iot", "hour")));
    }

    // The disturbance comes when all gateways have frames of the epoch in the store, and others still to send.
    private async Task WhileSendingAsync(MosquittoBroker broker, StoreService store, WorkerFleet fleet, ulong epoch, Func<Task> disturb)
    {
        try
        {
            Task sending = Task.WhenAll(_gateways.Select(gateway =>
            {
                byte[][] frames = [.. Enumerable.Range(1, FramesPerEpoch).Select(seq => gateway.Frame(epoch, (ulong)seq, ReadingsPerFrame, TestGateway.NewYear - 10))];
                return new OutboxClient(gateway, epoch, frames, Pace).RunUntilEmptyAsync(broker.Port, Stall, Limit);
            }));
            await UntilStoredAsync(store, epoch, sending);
            await disturb();
            await sending;
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"epoch {epoch}: {failure.Message}{Environment.NewLine}{await fleet.TellAsync()}", failure);
        }
    }

    private static async Task UntilStoredAsync(StoreService store, ulong epoch, Task sending)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string stored = "0";
        while (stored != $"{Gateways}")
        {
            Assert.True(clock.Elapsed < Limit, $"frames of {stored} gateways are stored within {Limit}, not of {Gateways}");
            if (sending.IsFaulted)
            {
                await sending;
            }

            await Task.Delay(50);
            stored = await store.Process.QueryAsync($"SELECT uniqExact(gateway) FROM iot.frames WHERE epoch = {epoch}");
        }
    }
}
