using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Tests;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Health;

/// <summary>What does not work stands in the status, and no longer than that.</summary>
public sealed class FaultWatchTests : IAsyncDisposable
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    private readonly StubBoard _stub = new([.. Enumerable.Range(1, 7).Select(i => BoardPoint.Analog(0, $"p{i}", "V", 1, 0, 1000))]);
    private readonly LiveBoard _board;
    private readonly ManualClock _clock;
    private readonly FaultBook _faults;
    private readonly FaultWatch _watch;
    private GatewayCondition _condition;

    public FaultWatchTests()
    {
        _board = new LiveBoard(_stub, _time);
        _clock = new ManualClock(_time);
        _faults = new FaultBook(_clock);
        _watch = new FaultWatch(_faults, _board, _clock, () => _condition, _time);
    }

    public ValueTask DisposeAsync() => _board.DisposeAsync();

    [Fact]
    public void A_gateway_that_works_has_no_faults()
    {
        _condition = new GatewayCondition(3, 1700, 20, 5, 0, false);
        Assert.Null(Look());
    }

    [Fact]
    public void Sensors_that_give_nothing_are_counted_and_the_first_of_them_named()
    {
        for (var point = 0; point < 7; point++)
        {
            Assert.Throws<IOException>(() => _board.Read(point));
        }

        var fault = Assert.Single(Look()!);
        Assert.Equal("sensors", fault.Part);
        Assert.Contains("7 of 7", fault.Problem, StringComparison.Ordinal);
        Assert.Contains("/p1, ", fault.Problem, StringComparison.Ordinal);
        Assert.EndsWith("/p5 …", fault.Problem, StringComparison.Ordinal);

        _stub.OnRead = point => new RawValue(point, 0, 1, RawQuality.Good);
        for (var point = 0; point < 7; point++)
        {
            _board.Read(point);
        }

        Assert.Null(Look());
    }

    [Fact]
    public void Readings_that_are_dropped_are_a_fault_for_ten_minutes_and_those_of_earlier_runs_none()
    {
        _condition = new GatewayCondition(0, 0, 1000, 0, 0, false);
        Assert.Null(Look());
        _condition = _condition with { ReadingsDropped = 1001 };
        Assert.Equal("outbox", Assert.Single(Look()!).Part);
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(Look());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Look());
    }

    [Fact]
    public void A_failing_disk_and_refused_frames_are_faults()
    {
        _condition = new GatewayCondition(0, 0, 0, 0, 2, true);
        Assert.Equal(["dead-letters", "disk"], Look()!.Select(f => f.Part).Order());
        _condition = _condition with { IsDiskFailing = false };
        Assert.Contains("2 frames", Assert.Single(Look()!).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_nobody_sets_is_a_fault_after_ten_minutes()
    {
        _clock.Quality = ClockQuality.Unsynchronised;
        Assert.Null(Look());
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("clock", Assert.Single(Look()!).Part);
        _clock.Quality = ClockQuality.Synchronised;
        Assert.Null(Look());
    }

    private IReadOnlyList<GatewayFault>? Look()
    {
        _watch.Look();
        return _faults.List();
    }
}
