using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Assets;

public sealed class AssetBrowserTests
{
    private readonly LiveFleet _fleet = new();

    [Fact]
    public void Pages_of_any_size_list_every_asset_once_in_order()
    {
        string[] expected = Fill();
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 12).ToArbitrary(), limit => Assert.Equal(expected, AllPages(new AssetFilter(), limit))));
    }

    [Fact]
    public void Page_begins_behind_an_asset_that_is_not_there_any_more()
    {
        string[] expected = Fill();
        List<LiveAsset> page = [];
        Assert.False(new AssetBrowser(_fleet.Live).Read(new AssetFilter(), new AssetId("north", "a-15"), 100, _fleet.NowMs, page));
        Assert.Equal(expected.Where(id => string.CompareOrdinal(id, "north/a-15") > 0), page.Select(asset => asset.Id.ToString()));
    }

    [Fact]
    public void Filters_admit_what_they_say()
    {
        Fill();
        Assert.Equal(["south/m-1"], AllPages(new AssetFilter { Site = "south", Kind = "meter" }, 10));
        Assert.Equal(["north/a-1", "north/a-3"], AllPages(new AssetFilter { Tags = [KeyValuePair.Create("zone", "odd")], Gateway = "gw-1" }, 10));
        Assert.Equal(["north/b-2"], AllPages(new AssetFilter { Text = "B-2" }, 10));
        Assert.Equal(["south/m-1"], AllPages(new AssetFilter { Text = "METER" }, 10));
        Assert.Empty(AllPages(new AssetFilter { Site = "nowhere" }, 10));

        _fleet.Live.Holds.SetPending(new AssetId("north", "a-2"), new PendingCommand(Guid.NewGuid(), "state", PointValue.Of(true), "sent", "me", 1));
        _fleet.Live.Holds.SetLockout(new AssetId("north", "a-3"), new AssetLockout { Asset = "a-3", Holder = "me", Reason = "work", SinceMs = 1 });
        Assert.Equal(["north/a-2"], AllPages(new AssetFilter { State = AssetCondition.Pending }, 10));
        Assert.Equal(["north/a-3"], AllPages(new AssetFilter { State = AssetCondition.Locked }, 10));
        _fleet.Live.Holds.SetPending(new AssetId("north", "a-2"), null);
        Assert.Equal(1, _fleet.Live.Holds.Count);

        _fleet.Say("north/gw-1", GatewayState.Offline);
        Assert.Equal(["north/a-1", "north/a-2", "north/a-3"], AllPages(new AssetFilter { Site = "north", State = AssetCondition.Offline }, 10));
        _fleet.Read("north/gw-2", "b-1", "occupied", 0);
        _fleet.Read("north/gw-2", "b-2", "occupied", 1);
        Assert.Equal(["north/b-1"], AllPages(new AssetFilter { State = AssetCondition.Free }, 10));
        Assert.Equal(["north/b-2"], AllPages(new AssetFilter { State = AssetCondition.Occupied }, 10));
        _fleet.Read("north/gw-2", "b-2", "occupied", 1, Quality.BadSensor);
        Assert.Equal(["north/b-2"], AllPages(new AssetFilter { State = AssetCondition.Bad }, 10));
        Assert.Contains("north/b-2", AllPages(new AssetFilter { State = AssetCondition.Unknown }, 10));
        Assert.DoesNotContain("north/b-1", AllPages(new AssetFilter { State = AssetCondition.Stale }, 10));
    }

    // Two gateways whose assets lie between each other, and another site.
    private string[] Fill()
    {
        _fleet.Describe("north/gw-1", [LiveFleet.Occupied], ("a-3", "parking_bay", "zone=odd"), ("a-1", "parking_bay", "zone=odd"), ("a-2", "parking_bay", "zone=even"));
        _fleet.Describe("north/gw-2", [LiveFleet.Occupied], ("b-1", "parking_bay", "zone=odd"), ("a-22", "parking_bay", ""), ("b-2", "parking_bay", ""));
        _fleet.Describe("south/gw-1", [LiveFleet.Power], ("m-1", "meter", "feeder=f-1"));
        return ["north/a-1", "north/a-2", "north/a-22", "north/a-3", "north/b-1", "north/b-2", "south/m-1"];
    }

    private List<string> AllPages(AssetFilter filter, int limit)
    {
        AssetBrowser browser = new(_fleet.Live);
        List<string> ids = [];
        List<LiveAsset> page = [];
        AssetId? after = null;
        for (bool more = true; more;)
        {
            page.Clear();
            more = browser.Read(filter, after, limit, _fleet.NowMs, page);
            Assert.InRange(page.Count, 0, limit);
            Assert.True(!more || page.Count == limit);
            ids.AddRange(page.Select(asset => asset.Id.ToString()));
            after = page.Count > 0 ? page[^1].Id : null;
        }

        return ids;
    }
}
