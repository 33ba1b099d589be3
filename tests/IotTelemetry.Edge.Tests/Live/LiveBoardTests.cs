using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Tests;

namespace IotTelemetry.Edge.Tests.Live;

/// <summary>What interlocks and feedback are told of points that cannot be read.</summary>
public sealed class LiveBoardTests
{
    private const int Polled = 1;

    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Whatever_a_driver_throws_makes_the_point_bad_and_keeps_its_value()
    {
        var inner = new StubBoard();
        await using var board = new LiveBoard(inner, _time);
        inner.OnRead = point => new RawValue(point, 0, 7, RawQuality.Good);
        board.Read(Polled);
        inner.OnRead = _ => throw new InvalidOperationException("a driver's defect");
        Assert.Throws<InvalidOperationException>(() => board.Read(Polled));
        Assert.Equal((7.0, RawQuality.Bad), (board.Last(Polled)!.Value.Value, board.Last(Polled)!.Value.Quality));
    }

    [Fact]
    public async Task A_polled_value_that_nobody_renews_is_bad_and_a_pushed_one_is_believed()
    {
        var rule = new PointRule { PollInterval = TimeSpan.FromSeconds(10) };
        var inner = new StubBoard();
        await using var board = new LiveBoard(inner, _time, rules: [rule, rule, rule, rule]);
        inner.OnRead = point => new RawValue(point, 0, 7, RawQuality.Good);
        board.Read(Polled);
        using var stop = new CancellationTokenSource();
        var running = board.RunAsync(new Nowhere(), stop.Token);
        (await inner.Running.Task).Accept(new RawValue(0, 0, 1, RawQuality.Good));

        _time.Advance(rule.BelievedFor);
        Assert.Equal(RawQuality.Good, board.Last(Polled)!.Value.Quality);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(RawQuality.Bad, board.Last(Polled)!.Value.Quality);
        Assert.Null(board.Value(Polled));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(RawQuality.Good, board.Last(0)!.Value.Quality);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_polled_value_is_as_old_as_the_beginning_of_its_reading()
    {
        var inner = new StubBoard();
        await using var board = new LiveBoard(inner, _time);
        var began = _time.GetTimestamp();
        inner.OnRead = point =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return new RawValue(point, 0, 7, RawQuality.Good);
        };
        board.Read(Polled);
        Assert.Equal(began, board.Last(Polled)!.Value.At);
    }

    private sealed class Nowhere : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            // Only what the board remembers matters here.
        }
    }
}
