using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Sampling;

public sealed class SamplerTests : IDisposable
{
    private const long Noon = 1_800_000_000_000;

    private readonly TempDirectory _directory = new();
    private readonly StubBoard _board = new();
    private readonly FrameOutbox _outbox;
    private readonly Birth _birth;
    private readonly FrameBuilder _frames;
    private readonly LiveBoard _live;
    private readonly Sampler _sampler;

    public SamplerTests()
    {
        _outbox = TestOutbox.Open(_directory.Path);
        var rules = _board.Points.Select(_ => new PointRule { PollInterval = TimeSpan.FromMilliseconds(10), ReadTimeout = TimeSpan.FromMilliseconds(500) }).ToArray();
        var header = new BirthHeader { Gateway = new GatewayId("s", "g"), Board = "stub", BootId = "b", SoftwareVersion = "1", Epoch = _outbox.CurrentEpoch };
        _birth = BirthBuilder.Build(header, _board.Assets, _board.Points, rules);
        _frames = new FrameBuilder(_outbox, _birth, new FramingOptions { MaximumReadings = 4, MaximumAge = TimeSpan.FromMilliseconds(100) }, new AssumedClock(TimeProvider.System, ClockQuality.Synchronised), TimeProvider.System, NullLogger.Instance);
        _live = new LiveBoard(_board, TimeProvider.System);
        _sampler = new Sampler(_live, rules, _frames, TimeProvider.System, new Random(1), NullLogger.Instance, new Liveness(TimeProvider.System));
    }

    public void Dispose()
    {
        _outbox.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_point_that_fails_is_reported_bad_recovers_and_the_others_never_notice()
    {
        var failing = true;
        var reads = new int[4];
        _board.OnRead = point =>
        {
            Interlocked.Increment(ref reads[point]);
            return point == 1 && Volatile.Read(ref failing)
                ? throw new IOException("no acknowledgement on the bus")
                : new RawValue(point, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 500, RawQuality.Good);
        };
        using var stop = new CancellationTokenSource();
        var running = _sampler.RunAsync(stop.Token);
        await Eventually(() => _sampler.LastReported(1)?.Quality == Quality.BadSensor && Volatile.Read(ref reads[3]) > 20);
        Assert.True(Volatile.Read(ref reads[1]) < 10, "a point that fails is asked ever more rarely");
        Assert.Equal(Quality.Good, _sampler.LastReported(3)?.Quality);

        Volatile.Write(ref failing, false);
        await Eventually(() => _sampler.LastReported(1) is { Quality: Quality.Good, Value: 500 });
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_point_whose_read_hangs_is_bad_for_interlocks_and_feedback_too_until_it_comes_back()
    {
        using var hangs = new ManualResetEventSlim();
        var reads = 0;
        _board.OnRead = point =>
        {
            if (point == 1 && Interlocked.Increment(ref reads) == 3)
            {
                hangs.Wait(TimeSpan.FromMinutes(2));
            }

            return new RawValue(point, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 500, RawQuality.Good);
        };
        using var stop = new CancellationTokenSource();
        var running = _sampler.RunAsync(stop.Token);
        await Eventually(() => _live.Last(1) is { Quality: RawQuality.Bad });
        Assert.Equal(RawQuality.Good, _live.Last(3)!.Value.Quality);
        hangs.Set();
        await Eventually(() => _live.Last(1) is { Quality: RawQuality.Good });
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void Pushed_values_become_frames_by_count_and_a_clock_set_back_begins_a_new_epoch()
    {
        for (var i = 0; i < 8; i++)
        {
            _sampler.Accept(new RawValue(0, Noon + (i * 10), i % 2, RawQuality.Good));
        }

        var first = _outbox.CurrentEpoch;
        Assert.Equal(2UL, _outbox.Epochs()[^1].LastSeq);
        _sampler.Accept(new RawValue(0, Noon + 100, 0, RawQuality.Good));
        _sampler.Accept(new RawValue(0, Noon - 3_600_000, 1, RawQuality.Good));
        _frames.Seal();

        Assert.NotEqual(first, _outbox.CurrentEpoch);
        Assert.Equal([3UL, 1], _outbox.Epochs().Select(e => e.LastSeq));
        Assert.Equal((Noon + 100, 0.0), Readings(first)[^1]);
        Assert.Equal([(Noon - 3_600_000, 1.0)], Readings(_outbox.CurrentEpoch));
        Assert.Equal(10UL, _outbox.Status().ReadingsAppended);
    }

    [Fact]
    public async Task An_open_frame_is_closed_by_age()
    {
        using var stop = new CancellationTokenSource();
        var running = _sampler.RunAsync(stop.Token);
        (await _board.Running.Task.WaitAsync(TimeSpan.FromSeconds(10))).Accept(new RawValue(0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 1, RawQuality.Good));
        await Eventually(() => _outbox.Epochs()[^1].LastSeq > 0);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void Birth_and_board_agree_point_by_point()
    {
        Assert.Equal(_board.Points.Count, _birth.Points.Count);
        for (var i = 0; i < _board.Points.Count; i++)
        {
            var point = _birth.Points[i];
            Assert.Equal((_board.Points[i].Name, _board.Assets[_board.Points[i].Asset].Id, _board.Points[i].Settable), (point.Name, point.Asset.Name, point.Definition.Settable));
        }

        Assert.Equal(2, _birth.Definitions.Count);
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(5, giveUp.Token);
        }
    }

    private List<(long TimestampMs, double Value)> Readings(ulong epoch)
    {
        using var reader = new OutboxReader(_outbox, epoch, 0);
        var columns = new FrameColumns();
        var decoder = new FrameDecoder();
        var readings = new List<(long, double)>();
        while (reader.TryRead(out var frame))
        {
            decoder.Decode(frame.Payload.Span, _birth, columns);
            for (var i = 0; i < columns.Count; i++)
            {
                readings.Add((columns.TimestampsMs[i], columns.Numbers[i]));
            }

            frame.Return();
        }

        return readings;
    }
}
