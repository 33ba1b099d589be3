using IotTelemetry.Edge.Sampling.Occupancy;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Tests.Sampling.Occupancy;

public sealed class OccupancyTrackerTests
{
    private const long Hour = 3_600_000;

    private static readonly OccupancyOptions Distance = new()
    {
        Point = "occupied",
        Method = OccupancyMethod.Distance,
        Sources = ["distance_mm"],
        Change = 500,
        Hysteresis = 100,
        Empty = 2500,
    };

    private static readonly OccupancyOptions Field = new() { Point = "occupied", Method = OccupancyMethod.Magnetic, Sources = ["x", "y", "z"], Change = 10, Hysteresis = 4, Calibration = TimeSpan.FromSeconds(10) };

    [Fact]
    public void A_vehicle_nearer_than_the_change_occupies_and_the_hysteresis_keeps_it_so()
    {
        var tracker = new OccupancyTracker(Distance, null);
        double[] distances = [2500, 2001, 1999, 2050, 2099, 2101, 1500, 3900];
        Assert.Equal([0, 0, 1, 1, 1, 0, 1, 0], distances.Select((d, i) => Take(tracker, i, d).Value));
    }

    [Fact]
    public void A_field_bent_in_any_direction_is_a_vehicle()
    {
        var tracker = new OccupancyTracker(Field, new Calibration([20, 0, -40], [20, 0, -40], 0));
        Assert.Null(tracker.Take(0, Raw(0, 20)));
        Assert.Null(tracker.Take(1, Raw(0, 0)));
        Assert.Equal(0, tracker.Take(2, Raw(0, -40))!.Value.Value);
        Assert.Equal(0, tracker.Take(0, Raw(1, 26))!.Value.Value);
        Assert.Equal(1, tracker.Take(1, Raw(2, -9))!.Value.Value);
        Assert.Equal(1, tracker.Take(0, Raw(3, 20))!.Value.Value);
        Assert.Equal(0, tracker.Take(1, Raw(4, -5.9))!.Value.Value);
    }

    [Fact]
    public void Without_a_calibration_the_point_is_bad_and_with_one_it_is_good()
    {
        var tracker = new OccupancyTracker(Field with { Sources = ["x"] }, null);
        Assert.Equal(RawQuality.Bad, Take(tracker, 0, 50).Quality);
        tracker.BeginCalibration();
        for (var i = 1; i <= 10; i++)
        {
            Take(tracker, i * 1000, 50 + (i % 3));
        }

        Assert.True(tracker.IsCalibrating);
        Assert.Equal(RawQuality.Good, Take(tracker, 11_000, 51).Quality);
        Assert.False(tracker.IsCalibrating);
        Assert.Equal(51, tracker.Calibration!.Baseline[0]);
        Assert.Equal(1, Take(tracker, 12_000, 62).Value);
    }

    [Fact]
    public void A_calibration_waits_until_the_bay_is_quiet_and_can_be_given_up()
    {
        var before = new Calibration([7], [7], 0);
        var tracker = new OccupancyTracker(Field with { Sources = ["x"] }, before);
        tracker.BeginCalibration();
        for (var i = 0; i < 60; i++)
        {
            // Somebody drives through every few seconds.
            Take(tracker, i * 1000, i % 7 == 0 ? 90 : 50);
        }

        Assert.True(tracker.IsCalibrating);
        Assert.Same(before, tracker.Calibration);
        tracker.EndCalibration();
        Assert.False(tracker.IsCalibrating);
        Assert.Same(before, tracker.Calibration);
    }

    [Fact]
    public void The_baseline_follows_the_free_bay_as_slowly_and_as_far_as_allowed()
    {
        var tracker = new OccupancyTracker(Distance with { DriftPerHour = 10, MaximumDrift = 60 }, null);
        for (var minute = 0; minute <= 60; minute++)
        {
            Take(tracker, Hour + (minute * Hour / 60), 2400 + (minute % 2));
        }

        Assert.InRange(tracker.Calibration!.Baseline[0], 2489.9, 2490.1);
        for (var minute = 60; minute <= 60 * 24; minute++)
        {
            Take(tracker, Hour + (minute * Hour / 60), 2400 + (minute % 2));
        }

        Assert.Equal(2440, tracker.Calibration!.Baseline[0]);
    }

    [Fact]
    public void A_vehicle_that_stays_for_days_never_becomes_the_floor()
    {
        var tracker = new OccupancyTracker(Distance with { DriftPerHour = 100, MaximumDrift = 2000 }, null);
        Take(tracker, 0, 2500);
        for (var hour = 1; hour < 24 * 14; hour++)
        {
            Assert.Equal(1, Take(tracker, hour * Hour, 1200 + (hour % 2)).Value);
        }

        Assert.Equal(2500, tracker.Calibration!.Baseline[0]);
    }

    [Fact]
    public void A_stuck_or_dead_source_makes_the_point_bad_and_its_value_stays_the_last_one()
    {
        var tracker = new OccupancyTracker(Distance, null);
        Assert.Equal(new RawValue(0, 0, 1, RawQuality.Good), Take(tracker, 0, 1000));
        Assert.Equal(RawQuality.Good, Take(tracker, 23 * Hour, 1000).Quality);
        Assert.Equal(new RawValue(0, 24 * Hour, 1, RawQuality.Bad), Take(tracker, 24 * Hour, 1000));
        Assert.Equal(new RawValue(0, 25 * Hour, 0, RawQuality.Good), Take(tracker, 25 * Hour, 2490));
        Assert.Equal(RawQuality.Bad, tracker.Take(0, new RawValue(0, 26 * Hour, 1000, RawQuality.Bad))!.Value.Quality);
    }

    private static RawValue Raw(long atMs, double value) => new(0, atMs, value, RawQuality.Good);

    private static RawValue Take(OccupancyTracker tracker, long atMs, double value) => tracker.Take(0, Raw(atMs, value))!.Value;
}
