using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Cloud.Tests.Assets;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Changes;

public sealed class ChangeFeedTests
{
    private readonly LiveFleet _fleet = new();
    private readonly ManualTime _time = new();
    private readonly ChangeFeed _feed;

    public ChangeFeedTests()
    {
        _fleet.NowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _feed = new ChangeFeed(_fleet.Live, _time);
        _fleet.Describe("north/gw-1", [LiveFleet.Occupied], ("a-1", "parking_bay", "zone=7"), ("a-2", "parking_bay", "zone=8"));
        _fleet.Describe("south/gw-1", [LiveFleet.Power], ("m-1", "meter", ""));
        _feed.Look();
    }

    [Fact]
    public async Task Asset_that_changed_often_is_read_once_with_its_newest_value()
    {
        using ChangeSubscription all = _feed.Subscribe(new ChangeFilter(new AssetFilter()), null);
        for (int i = 0; i < 100; i++)
        {
            _fleet.Read("north/gw-1", "a-1", "occupied", i % 2);
            _feed.Look();
        }

        ChangeBatch batch = await ReadAsync(all);
        Assert.Equal([new AssetId("north", "a-1")], batch.Assets);
        Assert.True(_fleet.Live.Find(new AssetId("north", "a-1"))!.Value.TryRead("occupied", out LiveValue value));
        Assert.Equal(1, value.Number);
        Task<ChangeBatch> next = all.ReadAsync(CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Readers_get_what_their_filters_admit()
    {
        (AssetFilter Filter, AssetId? Asset, string[] Expected)[] readers =
        [
            (new AssetFilter { Site = "south" }, null, ["south/m-1"]),
            (new AssetFilter { Kind = "parking_bay" }, null, ["north/a-1", "north/a-2"]),
            (new AssetFilter { Gateway = "gw-1", Tags = [KeyValuePair.Create("zone", "8")] }, null, ["north/a-2"]),
            (new AssetFilter(), new AssetId("north", "a-1"), ["north/a-1"]),
        ];
        ChangeSubscription[] subscriptions = [.. readers.Select(reader => _feed.Subscribe(new ChangeFilter(reader.Filter, reader.Asset), null))];
        _fleet.Read("north/gw-1", "a-1", "occupied", 1);
        _fleet.Read("north/gw-1", "a-2", "occupied", 1);
        _fleet.Read("south/gw-1", "m-1", "power_w", 1);
        _feed.Look();
        for (int i = 0; i < readers.Length; i++)
        {
            ChangeBatch batch = await ReadAsync(subscriptions[i]);
            Assert.Equal(readers[i].Expected, batch.Assets.Select(asset => asset.ToString()).Order(StringComparer.Ordinal));
            subscriptions[i].Dispose();
        }
    }

    [Fact]
    public async Task Reader_that_comes_back_goes_on_where_it_was()
    {
        long known;
        using (ChangeSubscription first = _feed.Subscribe(new ChangeFilter(new AssetFilter()), null))
        {
            _fleet.Read("north/gw-1", "a-1", "occupied", 1);
            _feed.Look();
            known = (await ReadAsync(first)).Through;
        }

        _fleet.Read("north/gw-1", "a-2", "occupied", 1);
        _fleet.Say("south/gw-1", GatewayState.Offline);
        _feed.Look();
        using ChangeSubscription again = _feed.Subscribe(new ChangeFilter(new AssetFilter()), known);
        ChangeBatch batch = await ReadAsync(again);
        Assert.False(batch.IsReset);
        Assert.Equal([new AssetId("north", "a-2")], batch.Assets);
        Assert.Equal("south", Assert.Single(batch.Gateways).Id.Site);
    }

    [Fact]
    public async Task Reader_that_was_away_for_too_long_begins_anew()
    {
        using ChangeSubscription unknown = _feed.Subscribe(new ChangeFilter(new AssetFilter()), long.MaxValue);
        Assert.True((await ReadAsync(unknown)).IsReset);

        ChangeHistory history = new(4);
        LiveGateway gateway = _fleet.Live.Find(new GatewayId("north", "gw-1"))!;
        for (int i = 1; i <= 6; i++)
        {
            history.Add(new AssetId("north", $"a-{i}"), gateway);
        }

        Assert.False(history.Covers(1));
        Assert.True(history.Covers(2));
        Assert.Equal(["a-3", "a-4", "a-5", "a-6"], history.After(2).Select(change => change.Asset.Name));
        Assert.Empty(history.After(6));
        Assert.False(history.Covers(7));
    }

    [Fact]
    public async Task Reader_that_is_far_behind_gets_one_mark_instead_of_a_long_list()
    {
        using ChangeSubscription slow = _feed.Subscribe(new ChangeFilter(new AssetFilter()), null);
        AssetId[] many = [.. Enumerable.Range(0, ChangeSubscription.MaximumWaiting + 1).Select(i => new AssetId("north", $"x-{i}"))];
        slow.Add(many, null, 7);
        slow.Add([new AssetId("north", "a-1")], null, 8);
        ChangeBatch batch = await ReadAsync(slow);
        Assert.True(batch.IsReset);
        Assert.Empty(batch.Assets);
        Assert.Equal(8, batch.Through);
        slow.Add([new AssetId("north", "a-1")], null, 9);
        Assert.Single((await ReadAsync(slow)).Assets);
    }

    [Fact]
    public async Task Gateway_that_falls_silent_and_assets_that_are_held_are_changes()
    {
        using ChangeSubscription all = _feed.Subscribe(new ChangeFilter(new AssetFilter { Site = "north" }), null);
        _time.Advance(LiveGateway.SilentAfter + TimeSpan.FromMilliseconds(1));
        _feed.Look();
        Assert.Equal("north", Assert.Single((await ReadAsync(all)).Gateways).Id.Site);

        _fleet.Live.Holds.SetPending(new AssetId("north", "a-1"), new PendingCommand(Guid.NewGuid(), "state", PointValue.Of(true), "sent", "me", 1));
        _feed.Look();
        Assert.Equal([new AssetId("north", "a-1")], (await ReadAsync(all)).Assets);
    }

    [Fact]
    public async Task Feed_looks_by_itself_when_something_changed()
    {
        using CancellationTokenSource stop = new();
        ChangeFeed feed = new(_fleet.Live, TimeProvider.System);
        Task running = Task.Run(() => feed.RunAsync(stop.Token));
        using ChangeSubscription meter = feed.Subscribe(new ChangeFilter(new AssetFilter(), new AssetId("south", "m-1")), null);
        for (int i = 0; i < 3; i++)
        {
            _fleet.Read("south/gw-1", "m-1", "power_w", i);
            Assert.Single((await ReadAsync(meter)).Assets);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static Task<ChangeBatch> ReadAsync(ChangeSubscription subscription) => subscription.ReadAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
}
