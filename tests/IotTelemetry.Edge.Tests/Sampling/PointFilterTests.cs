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
    public void A_deadband_in_percent_follows_the_last_report_and_the_wider_of_both_counts()
    {
        var filter = new PointFilter(Distance, new PointRule { Deadband = 5, DeadbandPercent = 10, MaximumSilence = null });
        double[] values = [1000, 1099, 1100, 1209, 1210, 20, 24, 25];
        var reported = values.Where((v, i) => Offer(filter, i, v) is not null);
        Assert.Equal([1000, 1100, 1210, 20, 25], reported);
    }

    [Fact]
    public void Of_readings_that_come_too_fast_the_newest_is_reported_and_the_last_is_never_lost()
    {
        var filter = new PointFilter(Distance, new PointRule { MinimumInterval = TimeSpan.FromMilliseconds(100), MaximumSilence = null });
        Assert.NotNull(Offer(filter, 0, 1));
        Assert.Null(Offer(filter, 20, 2));
        Assert.Null(Offer(filter, 80, 3));
        Assert.False(filter.Due(99, out _));
        Assert.True(filter.Due(100, out var newest));
        Assert.Equal(new Reading(80, 3, Quality.Good), newest);
        Assert.Null(Offer(filter, 150, 4));
        Assert.Equal(new Reading(200, 5, Quality.Good), Offer(filter, 200, 5));
        Assert.Null(Offer(filter, 210, 6));
        Assert.True(filter.Flush(out var last));
        Assert.Equal(new Reading(210, 6, Quality.Good), last);
        Assert.False(filter.Flush(out _));
    }

    [Fact]
    public void Under_a_rate_limit_at_most_one_reading_leaves_in_an_interval_and_the_last_value_always_does()
    {
        var samples = Gen.Choose(1, 60).Zip(Gen.Choose(0, 3)).NonEmptyListOf();
        Prop.ForAll(samples.ToArbitrary(), list =>
        {
            var filter = new PointFilter(Occupied with { Kind = PointKind.Analog }, new PointRule { Deadband = 0, MinimumInterval = TimeSpan.FromMilliseconds(100), MaximumSilence = null });
            var left = new List<(long AtMs, Reading Reading)>();
            var now = 1_000_000L;
            foreach (var (step, value) in list)
            {
                now += step;
                if (Offer(filter, now, value) is { } offered)
                {
                    left.Add((now, offered));
                }

                if (filter.Due(now, out var due))
                {
                    left.Add((now, due));
                }
            }

            for (var i = 1; i < left.Count; i++)
            {
                Assert.True(left[i].AtMs - left[i - 1].AtMs >= 100);
                Assert.True(left[i].Reading.TimestampMs > left[i - 1].Reading.TimestampMs);
            }

            if (filter.Flush(out var rest))
            {
                left.Add((now, rest));
            }

            Assert.Equal(list[^1].Item2, left[^1].Reading.Value);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_source_that_falls_silent_is_reported_stale_once_and_good_again_when_it_speaks()
    {
        var filter = new PointFilter(Distance with { Delivery = PointDelivery.Pushed }, new PointRule { Deadband = 10, StaleAfter = TimeSpan.FromSeconds(5), MaximumSilence = null });
        Assert.NotNull(Offer(filter, 0, 1000));
        Assert.Null(Offer(filter, 4000, 1001));
        Assert.False(filter.Due(8999, out _));
        Assert.True(filter.Due(9000, out var stale));
        Assert.Equal(new Reading(9000, 1000, Quality.Stale), stale);
        Assert.False(filter.Due(20_000, out _));
        Assert.Equal(new Reading(21_000, 1000, Quality.Good), Offer(filter, 21_000, 1000));
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
