using IotTelemetry.Hardware.Simulation;

namespace IotTelemetry.Hardware.Tests;

public sealed class SimulatedFeederTests
{
    private static readonly DateTimeOffset Evening = new(2026, 1, 12, 19, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Opening_a_load_takes_its_power_off_the_feeder_and_its_contact_follows()
    {
        var time = new ManualTime(Evening);
        await using var board = new SimulatedFeeder(new SimulationOptions { Seed = 5 }, time);
        var sink = new RecordingSink();
        using var stop = new CancellationTokenSource();
        var run = board.RunAsync(sink, stop.Token);
        await time.AdvanceAsync(TimeSpan.FromSeconds(1));
        var load = Enumerable.Range(0, board.Points.Count).Where(p => board.Points[p] is { Name: "power_w", Asset: > 0 }).MaxBy(p => board.Read(p).Value);
        var drawn = board.Read(load).Value;
        var before = board.Read(0).Value;
        sink.Values.Clear();

        board.Write(load - 2, 0);
        Assert.True(board.Read(load).Value > 0, "the contactor has not moved yet");
        for (var i = 0; i < 6; i++)
        {
            await time.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(0, board.Read(load).Value);
        Assert.InRange(before - board.Read(0).Value, drawn * 0.8, drawn * 1.2);
        var changes = sink.Values.ToArray();
        Assert.Equal([load - 2, load - 1], changes.Select(c => c.Point));
        Assert.InRange(changes[1].TimestampMs - changes[0].TimestampMs, 15, 45);

        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public void Evening_draws_more_than_the_small_hours()
    {
        var model = new FeederModel(40, TimeSpan.FromHours(3), seed: 1);
        var night = model.PowerW();
        model.AdvanceTo(TimeSpan.FromHours(19));
        Assert.True(model.PowerW() > night * 1.3);
    }

    [Fact]
    public void Energy_only_rises()
    {
        var model = new FeederModel(40, TimeSpan.Zero, seed: 1);
        var last = 0.0;
        for (var minute = 1; minute < 600; minute++)
        {
            model.AdvanceTo(TimeSpan.FromMinutes(minute));
            Assert.True(model.EnergyWh > last);
            last = model.EnergyWh;
        }
    }

    [Fact]
    public async Task Only_outputs_can_be_set_and_only_to_open_or_closed()
    {
        await using var board = new SimulatedFeeder(new SimulationOptions(), TimeProvider.System);
        Assert.Throws<ArgumentException>(() => board.Write(0, 1));
        Assert.Throws<ArgumentException>(() => board.Write(5, 0.5));
        Assert.Equal(40, board.Points.Count(p => p.Settable));
    }
}
