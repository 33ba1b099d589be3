using System.Diagnostics;
using IotTelemetry.ClickHouse.Tests.Server;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Workers as processes between mosquitto and one store: killed, stopped, and changed in number while gateways send.</summary>
[Collection(EngineTests.Name)]
public sealed class WorkerTests(EngineFixture store)
{
    private const int Gateways = 6;
    private const int FramesPerEpoch = 120;
    private const int ReadingsPerFrame = 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TestGateway[] _gateways = [.. Enumerable.Range(1, Gateways).Select(n => new TestGateway($"moving-{n}", bays: 10))];

    [MosquittoFact]
    public async Task Killed_workers_and_a_changed_number_of_them_lose_nothing_double_nothing_and_keep_the_order()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using EmbeddedDoor door = new(store.Engine);
        await using WorkerFleet fleet = new(broker, door.Endpoint, lease: "8");
        await fleet.StartAsync("1/3", "2/3", "3/3");
        await WhileSendingAsync(broker, epoch: 1, async () =>
        {
            await fleet.KillAsync("2/3");
            await fleet.StartAsync("2/3");
        });
        await WhileSendingAsync(broker, epoch: 2, async () =>
        {
            // The new ones ask for the partitions while the old ones have them.
            await fleet.StartAsync("1/2", "2/2");
            await fleet.KillAsync("1/3");
            await fleet.TerminateAsync("2/3", "3/3");
        });
        await fleet.TerminateAsync("1/2", "2/2");

        const int Expected = 2 * Gateways * FramesPerEpoch * ReadingsPerFrame;
        Assert.Equal($"{Expected}\t{Expected}", await store.TextAsync(
            "SELECT count(), uniqExact(gateway, epoch, seq, asset, point, ts) FROM iot.readings WHERE gateway LIKE 'moving-%'"));
        Assert.Equal("0", await store.TextAsync(
            """
            SELECT countIf(batch < before) FROM
            (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM iot.frames WHERE gateway LIKE 'moving-%')
            """));
    }

    private async Task UntilAsync(string sql, long expected)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (await store.NumberAsync(sql) < expected)
        {
            Assert.True(clock.Elapsed < Limit, $"{sql}: not {expected} within {Limit}");
            await Task.Delay(20);
        }
    }

    private async Task WhileSendingAsync(MosquittoBroker broker, ulong epoch, Func<Task> disturb)
    {
        Task sending = Task.WhenAll(_gateways.Select(gateway =>
        {
            byte[][] frames = [.. Enumerable.Range(1, FramesPerEpoch).Select(seq => gateway.Frame(epoch, (ulong)seq, ReadingsPerFrame, TestGateway.NewYear - 10))];
            return new OutboxClient(gateway, epoch, frames, Pace).RunUntilEmptyAsync(broker.Port, Stall, Limit);
        }));
        await UntilAsync($"SELECT uniqExact(gateway) FROM iot.frames WHERE gateway LIKE 'moving-%' AND epoch = {epoch}", Gateways);
        await disturb();
        await sending;
    }
}
