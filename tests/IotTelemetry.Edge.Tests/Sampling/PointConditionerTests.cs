using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Tests.Sampling;

public sealed class PointConditionerTests
{
    private static readonly BoardPoint Distance = BoardPoint.Analog(0, "distance_mm", "mm", 1, 0, 4000);

    [Fact]
    public void A_point_without_conditions_costs_nothing() => Assert.Null(PointConditioner.For(Distance, new PointRule()));

    [Fact]
    public void Single_spikes_do_not_pass_the_median()
    {
        var conditioner = PointConditioner.For(Distance, new PointRule { MedianOf = 3 })!;
        double[] values = [1000, 1001, 4000, 1002, 0, 1003, 1004, 1005];
        Assert.Equal([1000, 1000, 1001, 1002, 1002, 1002, 1003, 1004], values.Select((v, i) => Condition(conditioner, i, v).Value));
    }

    [Fact]
    public void After_a_failure_the_median_does_not_remember_what_was_before()
    {
        var conditioner = PointConditioner.For(Distance, new PointRule { MedianOf = 3 })!;
        Condition(conditioner, 0, 100);
        Condition(conditioner, 1, 100);
        Assert.Equal(RawQuality.Bad, Condition(conditioner, 2, 100, RawQuality.Bad).Quality);
        Assert.Equal(3000, Condition(conditioner, 3, 3000).Value);
    }

    [Fact]
    public void Value_unit_range_and_resolution_are_scaled_together()
    {
        var rule = new PointRule { Scale = -0.001, Offset = 3, Unit = "m" };
        Assert.Equal(2, Condition(PointConditioner.For(Distance, rule)!, 0, 1000).Value);
        var point = PointConditioner.Describe(Distance, rule);
        Assert.Equal(("m", 0.001, -1.0, 3.0), (point.Unit, point.Resolution, point.Minimum, point.Maximum));
        Assert.Equal(double.MaxValue, PointConditioner.Describe(Distance with { Maximum = double.MaxValue }, new PointRule { Scale = 2 }).Maximum);
        Assert.Equal(BoardPoint.NoLimit, PointConditioner.Describe(Distance with { Maximum = BoardPoint.NoLimit }, new PointRule { Scale = 0.001 }).Maximum);
    }

    [Fact]
    public void A_value_that_never_moves_is_bad_until_it_does()
    {
        var conditioner = PointConditioner.For(Distance, new PointRule { StuckAfter = TimeSpan.FromSeconds(10) })!;
        Assert.Equal(RawQuality.Good, Condition(conditioner, 0, 1000).Quality);
        Assert.Equal(RawQuality.Good, Condition(conditioner, 9999, 1000).Quality);
        Assert.Equal(RawQuality.Bad, Condition(conditioner, 10_000, 1000).Quality);
        Assert.Equal(RawQuality.Good, Condition(conditioner, 10_500, 1000.5).Quality);
        Assert.Equal(RawQuality.Good, Condition(conditioner, 20_000, 1000.5).Quality);
        Assert.Equal(RawQuality.Bad, Condition(conditioner, 20_500, 1000.5).Quality);
    }

    private static RawValue Condition(PointConditioner conditioner, long atMs, double value, RawQuality quality = RawQuality.Good) =>
        conditioner.Condition(new RawValue(0, atMs, value, quality));
}
