using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Assets;

public sealed class DerivedStateTests
{
    private readonly LiveFleet _fleet = new();

    [Fact]
    public void Occupancy_is_counted_by_zone()
    {
        FillBays();
        SortedDictionary<string, OccupancyCount> zones = Zones();
        Assert.Equal(new OccupancyCount(Free: 1, Occupied: 1, Unknown: 0), zones["7"]);
        Assert.Equal(new OccupancyCount(Free: 0, Occupied: 0, Unknown: 1), zones["8"]); // It never reported.
        Assert.Equal(new OccupancyCount(Free: 1, Occupied: 0, Unknown: 0), zones[""]);
    }

    [Fact]
    public void Sensor_that_is_silent_for_more_than_twice_its_maximum_is_unknown_not_free()
    {
        FillBays();
        _fleet.NowMs += 150_000;
        _fleet.Say("park/gw-1", GatewayState.Online);
        Assert.Equal(new OccupancyCount(1, 1, 0), Zones()["7"]);
        _fleet.NowMs += 1;
        Assert.Equal(new OccupancyCount(0, 0, 2), Zones()["7"]);
    }

    [Fact]
    public void Bays_of_a_gateway_that_is_gone_are_unknown()
    {
        FillBays();
        _fleet.Say("park/gw-1", GatewayState.Offline);
        Assert.All(Zones().Values, zone => Assert.Equal(zone.Total, zone.Unknown));
    }

    [Fact]
    public void Failed_sensor_is_unknown_and_no_longer_when_it_measures_again()
    {
        FillBays();
        _fleet.Read("park/gw-1", "bay-1", "occupied", 0, Quality.BadSensor);
        Assert.Equal(1, Zones()["7"].Unknown);
        _fleet.Read("park/gw-1", "bay-1", "occupied", 0);
        Assert.Equal(0, Zones()["7"].Unknown);
    }

    [Fact]
    public void Point_without_a_declared_silence_is_believed_for_a_day()
    {
        PointDefinition quiet = LiveFleet.Occupied with { Reporting = null };
        _fleet.Describe("park/gw-1", [quiet], ("bay-1", "parking_bay", ""));
        _fleet.Read("park/gw-1", "bay-1", "occupied", 1);
        _fleet.NowMs += (long)Freshness.UndeclaredSilence.TotalMilliseconds;
        _fleet.Say("park/gw-1", GatewayState.Online);
        Assert.Equal(1, Zones()[""].Occupied);
        _fleet.NowMs++;
        Assert.Equal(1, Zones()[""].Unknown);
    }

    [Fact]
    public void Power_of_a_stale_meter_is_its_worst_case_and_never_zero()
    {
        _fleet.Describe("grid/gw-1", [LiveFleet.Power], ("m-1", "load", "feeder=f-1"), ("m-2", "load", "feeder=f-1"), ("m-3", "load", "feeder=f-2"));
        _fleet.Read("grid/gw-1", "m-1", "power_w", 100);
        _fleet.Read("grid/gw-1", "m-2", "power_w", 200);
        PowerSum fresh = ByFeeder()["f-1"];
        Assert.Equal((2, 0, 300, 300, 300), (fresh.Meters, fresh.Stale, fresh.WorstW, fresh.MeasuredW, fresh.LeastW));
        PowerSum never = ByFeeder()["f-2"];
        Assert.Equal((1, 1, 5000, 0, -2000, 0), (never.Meters, never.Stale, never.WorstW, never.MeasuredW, never.LeastW, never.Unbounded));

        _fleet.NowMs += 60_000;
        _fleet.Say("grid/gw-1", GatewayState.Online);
        _fleet.Read("grid/gw-1", "m-1", "power_w", 110);
        PowerSum half = ByFeeder()["f-1"];
        Assert.Equal((1, 5110, 110, -1890), (half.Stale, half.WorstW, half.MeasuredW, half.LeastW));
    }

    [Fact]
    public void Stale_meter_without_a_range_counts_with_its_last_value_and_says_when_there_is_none()
    {
        PointDefinition kilowatts = new() { Id = "power", Type = PointType.Float, Unit = "kW" };
        _fleet.Describe("grid/gw-1", [kilowatts], ("m-1", "load", "feeder=f-1"), ("m-2", "load", "feeder=f-2"));
        _fleet.Read("grid/gw-1", "m-1", "power", 3);
        _fleet.Say("grid/gw-1", GatewayState.Offline);
        Assert.Equal((1, 3000, 0), (ByFeeder()["f-1"].Stale, ByFeeder()["f-1"].WorstW, ByFeeder()["f-1"].Unbounded));
        Assert.Equal((1, 0, 1), (ByFeeder()["f-2"].Stale, ByFeeder()["f-2"].WorstW, ByFeeder()["f-2"].Unbounded));
    }

    [Fact]
    public void Stale_meter_without_a_range_counts_with_the_highest_value_seen_unless_a_tag_says_its_rating()
    {
        PointDefinition kilowatts = new() { Id = "power", Type = PointType.Float, Unit = "kW" };
        _fleet.Describe("grid/gw-1", [kilowatts], ("m-1", "load", "feeder=f-1"), ("m-2", "load", "feeder=f-2,rated_w=11000"), ("m-3", "load", "feeder=f-3,rated_w=much"));
        foreach (string meter in (string[])["m-1", "m-2", "m-3"])
        {
            _fleet.Read("grid/gw-1", meter, "power", 7);
            _fleet.NowMs++;
            _fleet.Read("grid/gw-1", meter, "power", 0, Quality.Good);
        }

        Assert.Equal((0, 0), (ByFeeder()["f-1"].WorstW, ByFeeder()["f-1"].Estimated));
        _fleet.Say("grid/gw-1", GatewayState.Offline);
        Assert.Equal((7000, 1), (ByFeeder()["f-1"].WorstW, ByFeeder()["f-1"].Estimated));
        Assert.Equal((11000, 0), (ByFeeder()["f-2"].WorstW, ByFeeder()["f-2"].Estimated));
        Assert.Equal((7000, 1), (ByFeeder()["f-3"].WorstW, ByFeeder()["f-3"].Estimated));
    }

    [Fact]
    public void Setpoints_and_other_units_are_no_power()
    {
        Assert.True(PowerSum.IsPower(LiveFleet.Power));
        Assert.False(PowerSum.IsPower(LiveFleet.Power with { Settable = true }));
        Assert.False(PowerSum.IsPower(LiveFleet.Power with { Unit = "var" }));
        Assert.False(PowerSum.IsPower(LiveFleet.Occupied));
    }

    private void FillBays()
    {
        _fleet.Describe(
            "park/gw-1", [LiveFleet.Occupied], ("bay-1", "parking_bay", "zone=7"), ("bay-2", "parking_bay", "zone=7"), ("bay-3", "parking_bay", "zone=8"), ("bay-4", "parking_bay", ""));
        _fleet.Read("park/gw-1", "bay-1", "occupied", 0);
        _fleet.Read("park/gw-1", "bay-2", "occupied", 1);
        _fleet.Read("park/gw-1", "bay-4", "occupied", 0);
    }

    private SortedDictionary<string, OccupancyCount> Zones() => Occupancy.ByZone(_fleet.Live.Sites.Find("park")!, Occupancy.ZoneTag, _fleet.NowMs);

    private SortedDictionary<string, PowerSum> ByFeeder() => PowerGroups.Of(_fleet.Live, new AssetFilter(), asset => asset.Tags["feeder"] ?? "", null, _fleet.NowMs);
}
