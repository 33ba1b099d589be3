using IotTelemetry.Hardware.Simulation;

namespace IotTelemetry.Hardware.Tests;

public sealed class SimulatedParkingTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_gives_the_same_day_whatever_the_steps()
    {
        var inOneStep = Day(seed: 7, step: TimeSpan.FromHours(24));
        var inSmallSteps = Day(seed: 7, step: TimeSpan.FromMinutes(1));

        Assert.NotEmpty(inOneStep);
        Assert.Equal(inOneStep, inSmallSteps);
        Assert.NotEqual(inOneStep, Day(seed: 8, step: TimeSpan.FromHours(24)));
    }

    [Fact]
    public void Changes_come_in_order_and_alternate_per_bay()
    {
        var state = new Dictionary<int, bool>();
        var last = TimeSpan.Zero;
        foreach (var change in Day(seed: 1, step: TimeSpan.FromMinutes(7)))
        {
            Assert.True(change.At >= last);
            last = change.At;
            Assert.True(!state.TryGetValue(change.Bay, out var was) || was != change.Occupied);
            state[change.Bay] = change.Occupied;
        }
    }

    [Fact]
    public void A_car_park_is_full_at_noon_and_empty_before_dawn()
    {
        var model = new ParkingModel(ParkingProfile.CarPark, 120, TimeSpan.Zero, new Random(3));
        int OccupiedAt(double hour)
        {
            while (model.TryAdvance(TimeSpan.FromHours(hour), out _))
            {
            }

            return Enumerable.Range(0, 120).Count(model.IsOccupied);
        }

        var dawn = OccupiedAt(5);
        var noon = OccupiedAt(12);
        Assert.True(dawn < 20, $"{dawn} of 120 bays taken at 05:00");
        Assert.True(noon > 60, $"{noon} of 120 bays taken at 12:00");
    }

    [Fact]
    public async Task Timestamps_are_the_real_clock_s_however_fast_the_simulation_runs()
    {
        var time = new ManualTime(Morning);
        await using var board = SimulatedParking.CarPark(new SimulationOptions { Speed = 3600 }, time);
        var sink = new RecordingSink();
        using var stop = new CancellationTokenSource();
        var run = board.RunAsync(sink, stop.Token);
        for (var i = 0; i < 40; i++)
        {
            await time.AdvanceAsync(TimeSpan.FromMilliseconds(250));
        }

        await stop.CancelAsync();
        await run;

        Assert.True(sink.Values.Count > 200, $"{sink.Values.Count} values in ten simulated hours");
        Assert.All(sink.Values, v => Assert.InRange(v.TimestampMs, Morning.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    [Fact]
    public async Task Nothing_is_older_than_the_values_pushed_first_however_late_the_board_is_run()
    {
        var time = new ManualTime(Morning);
        await using var board = SimulatedParking.CarPark(new SimulationOptions { Speed = 3600 }, time);
        time.Advance(TimeSpan.FromSeconds(3));
        var sink = new RecordingSink();
        using var stop = new CancellationTokenSource();
        var run = board.RunAsync(sink, stop.Token);
        await time.AdvanceAsync(TimeSpan.FromSeconds(2));
        await stop.CancelAsync();
        await run;

        Assert.True(sink.Values.Count > 120);
        Assert.True(sink.Values.Min(v => v.TimestampMs) >= Morning.AddSeconds(3).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task The_distance_tells_whether_the_bay_is_taken()
    {
        var time = new ManualTime(Morning.AddHours(4));
        await using var board = SimulatedParking.CarPark(new SimulationOptions(), time);
        var sink = new RecordingSink();
        using var stop = new CancellationTokenSource();
        var run = board.RunAsync(sink, stop.Token);

        Assert.Equal(120, sink.Values.Count);
        Assert.All(sink.Values, v => Assert.Equal(v.Value == 1, board.Read(v.Point + 1).Value < 2000));

        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_sensor_cannot_be_set()
    {
        await using var board = SimulatedParking.Street(new SimulationOptions(), TimeProvider.System);
        Assert.Equal(60, board.Assets.Count);
        Assert.Throws<ArgumentException>(() => board.Write(0, 1));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(10_001)]
    public void A_speed_out_of_range_is_refused(double speed) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SimulatedParking.CarPark(new SimulationOptions { Speed = speed }, TimeProvider.System));

    private static List<BayChange> Day(int seed, TimeSpan step)
    {
        var start = TimeSpan.FromHours(6);
        var model = new ParkingModel(ParkingProfile.CarPark, 120, start, new Random(seed));
        var changes = new List<BayChange>();
        for (var until = start; until < start + TimeSpan.FromHours(24);)
        {
            until += step;
            while (model.TryAdvance(until, out var change))
            {
                changes.Add(change);
            }
        }

        return changes;
    }
}
