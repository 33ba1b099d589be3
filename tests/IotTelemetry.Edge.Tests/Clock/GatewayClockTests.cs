using System.Diagnostics;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Clock;

/// <summary>Readings of a gateway whose clock is wrong, set, or set back.</summary>
public sealed class GatewayClockTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly StubTimekeeping _kernel = new();
    private readonly StubBoard _board = new();
    private readonly FrameOutbox _outbox;
    private readonly Birth _birth;
    private readonly SteppedTime _time = new(Noon);
    private GatewayClock _clock = null!;
    private FrameBuilder _frames = null!;

    public GatewayClockTests()
    {
        _outbox = TestOutbox.Open(Path.Combine(_directory.Path, "outbox"));
        var header = new BirthHeader { Gateway = new GatewayId("s", "g"), Board = "stub", BootId = "b", SoftwareVersion = "1", Epoch = _outbox.CurrentEpoch };
        _birth = BirthBuilder.Build(header, _board.Assets, _board.Points, [.. _board.Points.Select(_ => new PointRule())]);
    }

    public void Dispose()
    {
        _outbox.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_clock_that_is_synchronised_stamps_as_it_stands()
    {
        _kernel.IsSynchronised = true;
        Start();
        Read(1, 1);
        Assert.Equal([(Noon.ToUnixTimeMilliseconds(), 1.0, Quality.Good)], Readings());
        Assert.Equal(ClockQuality.Synchronised, _clock.Quality);
    }

    [Fact]
    public void Readings_before_the_time_is_known_wait_and_get_the_right_one()
    {
        _kernel.HasService = true;
        _time.Set(Noon.AddYears(-1));
        Start();
        Read(1, 1);
        Pass(TimeSpan.FromSeconds(60));
        Read(1, 2);
        Assert.Equal(2, _frames.ReadingsTaken);
        Assert.Equal(0UL, _outbox.Status().ReadingsAppended);

        // The network is there at last, and the service steps the clock by a year.
        _time.Set(Noon);
        _kernel.IsSynchronised = true;
        _clock.Look();
        Read(1, 3);
        var now = Noon.ToUnixTimeMilliseconds();
        Assert.Equal([(now - 60_000, 1.0, Quality.Good), (now, 2.0, Quality.Good), (now + 1, 3.0, Quality.Good)], Readings());
    }

    [Fact]
    public void Readings_that_cannot_wait_any_longer_say_that_their_time_is_a_guess()
    {
        _kernel.HasService = true;
        Start();
        Read(1, 1);
        _clock.OnUplink(true);
        Pass(TimeSpan.FromSeconds(9));
        _frames.SealIfDue();
        Assert.Equal(0UL, _outbox.Status().ReadingsAppended);
        Pass(TimeSpan.FromSeconds(1));
        _frames.SealIfDue();
        Assert.Equal([(Noon.ToUnixTimeMilliseconds(), 1.0, Quality.UncertainClock)], Readings());
    }

    [Fact]
    public void Where_no_service_will_set_the_clock_nothing_waits()
    {
        Start();
        Read(1, 1);
        Assert.Equal([(Noon.ToUnixTimeMilliseconds(), 1.0, Quality.UncertainClock)], Readings());
        Assert.Equal(ClockQuality.Unsynchronised, _clock.Quality);
    }

    [Fact]
    public void A_clock_that_is_configured_as_right_is_believed()
    {
        Start(new ClockOptions { IsTrusted = true });
        Read(1, 1);
        Assert.Equal(Quality.Good, Assert.Single(Readings()).Quality);
    }

    [Fact]
    public void What_waits_is_bounded_and_in_order()
    {
        _kernel.HasService = true;
        Start();
        for (var i = 0; i < ReadingStamper.MaximumWaiting + 100; i++)
        {
            Pass(TimeSpan.FromMilliseconds(1));
            Read(1, i);
        }

        Assert.InRange(_outbox.Status().ReadingsAppended, 1UL, 20_100UL);
        Assert.Equal(Enumerable.Range(0, ReadingStamper.MaximumWaiting + 100).Select(i => (double)i), Readings().Select(r => r.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void No_reading_gets_a_date_of_1970_and_a_run_goes_on_where_the_last_one_knew_the_time(int years)
    {
        if (years == 1)
        {
            new ClockFile(MarkPath).Write(new ClockMark("another boot", true, Noon.ToUnixTimeMilliseconds()));
        }

        _time.Set(DateTimeOffset.UnixEpoch);
        Start(new ClockOptions { LongestWait = TimeSpan.Zero });
        Read(1, 1);
        var least = years == 1 ? Noon : GatewayClock.LeastTime;
        Assert.Equal([(least.ToUnixTimeMilliseconds(), 1.0, Quality.UncertainClock)], Readings());
        Assert.Equal(least.ToUnixTimeMilliseconds(), _clock.NowMs);
    }

    [Fact]
    public void A_step_back_begins_a_new_epoch_and_a_small_one_keeps_the_order()
    {
        _kernel.IsSynchronised = true;
        Start();
        var now = Noon.ToUnixTimeMilliseconds();
        Read(1, 1);
        Step(TimeSpan.FromMilliseconds(-400));
        Read(1, 2);
        Step(TimeSpan.FromDays(-3650));
        Read(1, 3);
        Step(TimeSpan.FromDays(7300));
        Read(1, 4);
        var days = (long)TimeSpan.FromDays(3650).TotalMilliseconds;
        var readings = Readings();
        Assert.Equal([now, now + 1, now - 400 - days, now - 400 + days], readings.Select(r => r.TimestampMs));
        Assert.Equal(2, _outbox.Epochs().Count(e => e.LastSeq > 0));
    }

    [Fact]
    public void A_clock_that_loses_its_source_is_in_holdover_also_for_the_next_run_in_this_boot()
    {
        _kernel.IsSynchronised = true;
        Start();
        _clock.Look();
        _kernel.IsSynchronised = false;
        _clock.Look();
        Assert.Equal(ClockQuality.Holdover, _clock.Quality);
        Start();
        Assert.Equal(ClockQuality.Holdover, _clock.Quality);
        Read(1, 1);
        Assert.Equal(Quality.Good, Assert.Single(Readings()).Quality);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Whatever_steps_come_the_order_of_each_point_holds_within_each_epoch(int seed)
    {
        var random = new Random(seed);
        _kernel.HasService = random.Next(2) == 0;
        _kernel.IsSynchronised = random.Next(3) switch { 0 => true, 1 => false, _ => null };
        _time.Set(new DateTimeOffset(1970 + random.Next(120), 1, 1, 0, 0, 0, TimeSpan.Zero));
        Start();
        for (var i = 0; i < 2000; i++)
        {
            switch (random.Next(40))
            {
                case 0:
                    Step(TimeSpan.FromDays(random.Next(-20_000, 20_000)));
                    break;
                case 1:
                    Step(TimeSpan.FromMilliseconds(random.Next(-3000, 3000)));
                    break;
                case 2:
                    _kernel.IsSynchronised = random.Next(2) == 0;
                    _clock.Look();
                    break;
                default:
                    Pass(TimeSpan.FromMilliseconds(random.Next(0, 500)));
                    Read(random.Next(4), i);
                    break;
            }
        }

        _frames.Seal();
        foreach (var epoch in _outbox.Epochs())
        {
            foreach (var point in ReadingsOf(epoch.Epoch).GroupBy(r => r.Point))
            {
                var times = point.Select(r => r.TimestampMs).ToArray();
                Assert.True(times.SequenceEqual(times.Order()) && times.Distinct().Count() == times.Length, $"epoch {epoch.Epoch}, point {point.Key}");
            }
        }

        Assert.Equal((ulong)_frames.ReadingsTaken, _outbox.Status().ReadingsAppended);
    }

    [Fact]
    public async Task Drivers_stamps_are_put_on_the_steady_timeline_whatever_the_clock_did()
    {
        Start();
        await using var board = new SteadyBoard(_board, _time, _clock.Steady);
        var now = Noon.ToUnixTimeMilliseconds();
        _board.OnRead = point => new RawValue(point, now - 250, 1, RawQuality.Good);
        Assert.Equal(now - 250, board.Read(1).TimestampMs);
        _time.Set(Noon.AddYears(3));
        Assert.Equal(now, board.Read(1).TimestampMs);
        _time.Set(Noon.AddYears(-3));
        Assert.Equal(now, board.Read(1).TimestampMs);
    }

    [Fact]
    public async Task The_kernel_says_whether_the_clock_is_synchronised_and_its_watch_ends_when_told()
    {
        var kernel = new KernelTimekeeping();
        Assert.Equal(OperatingSystem.IsLinux() && Environment.Is64BitProcess, kernel.IsSynchronised is not null);
        using var stop = new CancellationTokenSource();
        var watching = kernel.WatchAsync(() => Debug.WriteLine("the clock was set"), stop.Token);
        Assert.False(watching.IsCompleted && OperatingSystem.IsLinux());
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private string MarkPath => Path.Combine(_directory.Path, "clock.json");

    private void Start(ClockOptions? options = null)
    {
        _clock = new GatewayClock(_time, _kernel, new ClockFile(MarkPath), options ?? new ClockOptions(), NullLogger.Instance);
        _frames = new FrameBuilder(_outbox, _birth, new FramingOptions { MaximumReadings = 7 }, _clock, _time, NullLogger.Instance);
    }

    private void Pass(TimeSpan by) => _time.Pass(by);

    private void Step(TimeSpan by)
    {
        var now = _time.GetUtcNow() + by;
        _time.Set(now < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : now.Year > 2200 ? Noon : now);
        _clock.Look();
    }

    private void Read(int point, double value) => _frames.Add(point, _clock.Steady.GetUtcNow().ToUnixTimeMilliseconds(), value, Quality.Good);

    private List<(long TimestampMs, double Value, Quality Quality)> Readings()
    {
        _frames.Seal();
        return [.. _outbox.Epochs().SelectMany(e => ReadingsOf(e.Epoch)).Select(r => (r.TimestampMs, r.Value, r.Quality))];
    }

    private List<(int Point, long TimestampMs, double Value, Quality Quality)> ReadingsOf(ulong epoch)
    {
        using var reader = new OutboxReader(_outbox, epoch, 0);
        var columns = new FrameColumns();
        var decoder = new FrameDecoder();
        var readings = new List<(int, long, double, Quality)>();
        while (reader.TryRead(out var frame))
        {
            decoder.Decode(frame.Payload.Span, _birth, columns);
            for (var i = 0; i < columns.Count; i++)
            {
                readings.Add((columns.Points[i], columns.TimestampsMs[i], columns.Numbers[i], columns.Qualities[i]));
            }

            frame.Return();
        }

        return readings;
    }
}
