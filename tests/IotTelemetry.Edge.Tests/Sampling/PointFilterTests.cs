using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Sampling;

public sealed class PointFilterTests
{
    private static readonly BoardPoint Occupied = BoardPoint.Digital(0, "occupied");
    private static readonly BoardPoint Distance = BoardPoint.Analog(0, "distance_mm", "mm", 1, 0, 4000);

    [Fact]
    public void A_deadband_reports_only_what_moved_far_enough_from_the_last_report()
    {
        var filter = new PointFilter(Distance, new PointRule { Deadband = 10, MaximumSilence = null });
        double[] values = [1000, 1005, 1009, 1010, 1001, 1000, 990];
        var reported = values.Where((v, i) => Offer(filter, i, v) is not null);
        Assert.Equal([1000, 1010, 1000, 990], reported);
    }

    [Fact]
    public void Without_a_deadband_every_sample_is_reported_and_with_zero_every_change()
    {
        var every = new PointFilter(Distance, new PointRule { Deadband = null });
        var changes = new PointFilter(Distance, new PointRule { Deadband = 0 });
        double[] values = [5, 5, 6, 6];
        Assert.Equal(4, values.Where((v, i) => Offer(every, i, v) is not null).Count());
        Assert.Equal(2, values.Where((v, i) => Offer(changes, i, v) is not null).Count());
    }

    [Fact]
    public void A_value_is_repeated_after_the_longest_silence()
    {
        var filter = new PointFilter(Distance, new PointRule { Deadband = 10, MaximumSilence = TimeSpan.FromSeconds(1) });
        Assert.NotNull(Offer(filter, 0, 1000));
        Assert.Null(Offer(filter, 999, 1001));
        Assert.NotNull(Offer(filter, 1000, 1001));

        var pushed = new PointFilter(Occupied, new PointRule { MaximumSilence = TimeSpan.FromSeconds(1) });
        Assert.NotNull(Offer(pushed, 0, 1));
        Assert.False(pushed.Due(999, out _));
        Assert.True(pushed.Due(1000, out var repeated));
        Assert.Equal(new Reading(1000, 1, Quality.Good), repeated);
    }

    [Fact]
    public void A_change_that_bounces_back_is_not_reported_and_one_that_lasts_is_with_the_time_of_its_edge()
    {
        var filter = new PointFilter(Occupied, new PointRule { Debounce = TimeSpan.FromMilliseconds(50) });
        Assert.NotNull(Offer(filter, 0, 0));
        Assert.Null(Offer(filter, 100, 1));
        Assert.Null(Offer(filter, 120, 0));
        Assert.False(filter.Due(1000, out _));

        Assert.Null(Offer(filter, 2000, 1));
        Assert.False(filter.Due(2049, out _));
        Assert.True(filter.Due(2050, out var lasting));
        Assert.Equal(new Reading(2000, 1, Quality.Good), lasting);
    }

    [Fact]
    public void A_change_that_lasted_is_reported_though_nobody_asked_before_the_next_edge()
    {
        var filter = new PointFilter(Occupied, new PointRule { Debounce = TimeSpan.FromMilliseconds(50) });
        Offer(filter, 0, 0);
        Assert.Null(Offer(filter, 100, 1));
        Assert.Equal(new Reading(100, 1, Quality.Good), Offer(filter, 200, 0));
        Assert.True(filter.Due(250, out var back));
        Assert.Equal(new Reading(200, 0, Quality.Good), back);
    }

    [Fact]
    public void Quality_follows_the_driver_and_the_range()
    {
        var filter = new PointFilter(Distance, new PointRule { Deadband = 10 });
        Assert.Equal(Quality.Good, Offer(filter, 0, 1000)!.Value.Quality);
        Assert.Equal(Quality.BadSensor, Offer(filter, 1, 1000, RawQuality.Bad)!.Value.Quality);
        Assert.Equal(Quality.Stale, Offer(filter, 2, 1000, RawQuality.Uncertain)!.Value.Quality);
        Assert.Equal(Quality.OutOfRange, Offer(filter, 3, 5000)!.Value.Quality);
        Assert.Equal(Quality.Good, Offer(filter, 4, 1000)!.Value.Quality);
    }

    [Fact]
    public void Timestamps_rise_strictly_whatever_the_driver_delivers()
    {
        var events = Gen.Choose(-900, 900).Zip(Gen.Elements(0.0, 1.0)).ListOf();
        Prop.ForAll(events.ToArbitrary(), list =>
        {
            var filter = new PointFilter(Occupied, new PointRule { Debounce = TimeSpan.FromMilliseconds(20), MaximumSilence = TimeSpan.FromMilliseconds(500) });
            var now = 1_000_000L;
            var last = long.MinValue;
            void Check(bool reported, Reading reading)
            {
                Assert.True(!reported || reading.TimestampMs > last);
                last = reported ? reading.TimestampMs : last;
            }

            foreach (var (step, value) in list)
            {
                now += step;
                Check(filter.Offer(new RawValue(0, now, value, RawQuality.Good), out var offered), offered);
                Check(filter.Due(now + 25, out var due), due);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_clock_set_back_is_noticed_and_a_burst_out_of_order_is_not_one()
    {
        var filter = new PointFilter(Occupied, new PointRule());
        Offer(filter, 100_000, 1);
        Assert.False(filter.IsStepBack(99_500));
        Assert.True(filter.IsStepBack(98_000));
        filter.Reset();
        Assert.Equal(new Reading(98_000, 1, Quality.Good), Offer(filter, 98_000, 1));
    }

    private static Reading? Offer(PointFilter filter, long atMs, double value, RawQuality quality = RawQuality.Good) =>
        filter.Offer(new RawValue(0, atMs, value, quality), out var reading) ? reading : null;
}
