using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Assets;

[Collection(EngineTests.Name)]
public sealed class LiveRebuildTests(EngineFixture store)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task State_after_a_restart_equals_the_one_before(int seed)
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        LiveState before = await FillAsync(database, seed);
        LiveState after = new();
        await using IngestPipeline ingest = await StartAsync(database, after);
        LiveRebuild rebuild = RebuildOf(database, ingest, after);
        await rebuild.RunAsync(CancellationToken.None);

        Assert.Equal(RebuildState.Complete, rebuild.State);
        Assert.Equal(after.GatewaysAfter(null, null).Sum(gateway => gateway.Model!.Points), rebuild.Points);
        Assert.Equal(rebuild.Points, rebuild.PointsDone);
        Assert.Null(rebuild.Note);
        List<(AssetId Asset, string Point, LiveValue? Value)> expected = ValuesOf(before);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, ValuesOf(after));
    }

    [Fact]
    public async Task Frame_that_came_before_its_gateway_was_read_stays_and_a_newer_birth_too()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway old = new("gw-1");
        LiveState first = new();
        await using (IngestPipeline run = await StartAsync(database, first))
        {
            await await old.SendBirthAsync(run);
            await await old.SendFrameAsync(run, old.Frame(7, 1, readings: 9));
        }

        LiveState live = new();
        TestGateway now = new("gw-1", bays: 4);
        await using IngestPipeline ingest = await StartAsync(database, live);
        await await now.SendBirthAsync(ingest);
        await await now.SendFrameAsync(ingest, now.Frame(7, 2, readings: 1, startMs: TestGateway.NewYear + 60_000));
        await RebuildOf(database, ingest, live).RunAsync(CancellationToken.None);

        Assert.Equal(4, live.Find(now.Id)!.Model!.Assets);
        LiveAsset bay = live.Find(new AssetId("harbour", "bay-0"))!.Value;
        Assert.True(bay.TryRead("occupied", out LiveValue occupied));
        Assert.Equal(TestGateway.NewYear + 60_000, occupied.TsMs);
        Assert.True(bay.TryRead("distance_mm", out LiveValue distance));
        Assert.Equal(TestGateway.NewYear + 9, distance.TsMs);
    }

    [Fact]
    public async Task Highest_value_of_a_meter_without_a_rating_is_known_again()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        TestGateway meter = new("gw-1", extraPoint: "power_w", unit: "W");
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        LiveState before = new();
        await using (IngestPipeline run = await StartAsync(database, before))
        {
            await await meter.SendBirthAsync(run);
            await await meter.SendFrameAsync(run, meter.Frame(7, 1, [(1, now - 60_000, 7000), (1, now - 30_000, 200), (1, now - 20_000, 300)]));
        }

        LiveState live = new();
        await using IngestPipeline ingest = await StartAsync(database, live);
        await RebuildOf(database, ingest, live).RunAsync(CancellationToken.None);

        foreach (LiveState state in (LiveState[])[before, live])
        {
            LiveAsset asset = state.Find(new AssetId("harbour", "bay-0"))!.Value;
            Assert.Equal(7000, asset.Model.HighestOf(asset.Model.CellOf(asset.Number, asset.PointIndex("power_w"))));
            Assert.Null(asset.Model.HighestOf(asset.Model.CellOf(asset.Number, asset.PointIndex("state"))));
        }
    }

    [Fact]
    public async Task Store_that_cannot_be_read_is_said_and_stops_nothing()
    {
        LiveState live = new();
        await using IngestPipeline ingest = await StartAsync(await store.NewMigratedDatabaseAsync(), live);
        LiveRebuild rebuild = RebuildOf(DatabaseName.Parse("not_there"), ingest, live);
        await rebuild.RunAsync(CancellationToken.None);
        Assert.Equal(RebuildState.Failed, rebuild.State);
        Assert.Contains("could not be read", rebuild.Note, StringComparison.Ordinal);
    }

    // Two gateways; an older epoch drains behind the live one, times repeat, and one clock runs ahead of ours.
    private async Task<LiveState> FillAsync(DatabaseName database, int seed)
    {
        Random random = new(seed);
        LiveState live = new();
        List<Task> stored = [];
        await using IngestPipeline ingest = await StartAsync(database, live);
        foreach (TestGateway gateway in (TestGateway[])[new("gw-1"), new("gw-2", bays: 6)])
        {
            await await gateway.SendBirthAsync(ingest);
            Dictionary<ulong, ulong> next = new() { [7] = 1, [8] = 1 };
            for (int i = 0; i < 30; i++)
            {
                ulong epoch = (ulong)random.Next(7, 9);
                long startMs = random.Next(4) == 0
                    ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + random.Next(3_600_000)
                    : TestGateway.NewYear + (random.Next(20) * 10);
                stored.Add(await gateway.SendFrameAsync(ingest, gateway.Frame(epoch, next[epoch]++, random.Next(1, 20), startMs, random.Next(100))));
            }
        }

        await Task.WhenAll(stored);
        return live;
    }

    private static async Task<IngestPipeline> StartAsync(IotTelemetry.ClickHouse.IClickHouseEngine engine, DatabaseName database, LiveState live)
    {
        IngestPipeline ingest = new(engine, database, new RecordingSink(), Pipelines.Quick, TimeProvider.System, NullLoggerFactory.Instance, live);
        await ingest.StartAsync(CancellationToken.None);
        return ingest;
    }

    private Task<IngestPipeline> StartAsync(DatabaseName database, LiveState live) => StartAsync(store.Engine, database, live);

    private LiveRebuild RebuildOf(DatabaseName database, IngestPipeline ingest, LiveState live) =>
        new(new StoredValues(store.Engine, new StoreTables(database), ingest.Registry, live), live, TimeProvider.System, NullLogger<LiveRebuild>.Instance);

    private static List<(AssetId Asset, string Point, LiveValue? Value)> ValuesOf(LiveState live)
    {
        List<(AssetId, string, LiveValue?)> values = [];
        foreach (KeyValuePair<string, LiveSite> site in live.Sites.Sorted.ToArray())
        {
            foreach (KeyValuePair<string, LiveGateway> gateway in site.Value.Gateways.Sorted.ToArray())
            {
                foreach (string name in gateway.Value.Model!.Names)
                {
                    LiveAsset asset = site.Value.Find(name)!.Value;
                    values.AddRange(asset.Points.Select((point, i) => (asset.Id, point.Name, asset.TryRead(i, out LiveValue value) ? value : (LiveValue?)null)));
                }
            }
        }

        return values;
    }
}
