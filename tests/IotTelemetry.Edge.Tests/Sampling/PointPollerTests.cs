using System.Collections.Concurrent;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Sampling;

/// <summary>One driver throws, one blocks for as long as the test wants: the others never notice.</summary>
public sealed class PointPollerTests
{
    private const int Throws = 0;
    private const int Blocks = 1;
    private const int Healthy = 2;
    private const int AlsoHealthy = 3;

    private readonly Target _target = new();
    private readonly BoardPoint[] _points = [.. Enumerable.Range(0, 4).Select(i => BoardPoint.Analog(0, $"p{i}", "V", 1, 0, 1000))];
    private readonly PointRule _rule = new() { PollInterval = TimeSpan.FromMilliseconds(10), ReadTimeout = TimeSpan.FromMilliseconds(600) };

    [Fact]
    public async Task A_driver_that_throws_and_one_that_blocks_are_bad_and_the_others_go_on()
    {
        using var unblock = new ManualResetEventSlim();
        var defective = true;
        await using var board = new StubBoard(_points);
        board.OnRead = point =>
        {
            switch (point)
            {
                case Throws when Volatile.Read(ref defective):
                    throw new InvalidOperationException("the driver is broken");
                case Blocks:
                    unblock.Wait(TimeSpan.FromMinutes(2));
                    break;
            }

            return new RawValue(point, 0, 500, RawQuality.Good);
        };
        await using var polling = new Polling(this, board);
        await Eventually(() => _target.Good(Healthy) > 50 && _target.Good(AlsoHealthy) > 50 && _target.Bad(Throws) > 1 && _target.Bad(Blocks) == 1);
        Assert.Equal((0, 0), (_target.Good(Throws), _target.Good(Blocks)));
        Assert.Equal((0, 0), (_target.Bad(Healthy), _target.Bad(AlsoHealthy)));
        Assert.True(_target.Bad(Throws) < _target.Good(Healthy) / 4, "a point that fails is asked ever more rarely");

        Volatile.Write(ref defective, false);
        unblock.Set();
        await Eventually(() => _target.Good(Throws) > 3 && _target.Good(Blocks) > 3);
    }

    [Fact]
    public async Task A_point_that_blocks_every_time_never_holds_others_up_again()
    {
        using var unblock = new SemaphoreSlim(0);
        await using var board = new StubBoard(_points);
        board.OnRead = point =>
        {
            if (point == Blocks)
            {
                unblock.Wait(TimeSpan.FromMinutes(2));
            }

            return new RawValue(point, 0, 500, RawQuality.Good);
        };
        await using var polling = new Polling(this, board);
        for (var round = 0; round < 3; round++)
        {
            await Eventually(() => _target.Bad(Blocks) == round + 1);
            var reads = _target.Good(Healthy);
            await Eventually(() => _target.Good(Healthy) > reads + 20);
            unblock.Release();
            await Eventually(() => _target.Good(Blocks) == round + 1);
        }

        unblock.Release(10_000);
    }

    [Fact]
    public async Task When_all_points_block_the_polling_still_ends()
    {
        using var unblock = new ManualResetEventSlim();
        await using var board = new StubBoard(_points);
        board.OnRead = point =>
        {
            unblock.Wait(TimeSpan.FromMinutes(2));
            return new RawValue(point, 0, 500, RawQuality.Good);
        };
        await using (new Polling(this, board))
        {
            await Eventually(() => Enumerable.Range(0, 4).All(p => _target.Bad(p) == 1));
        }

        unblock.Set();
    }

    [Fact]
    public async Task Reads_that_block_hold_no_more_threads_than_allowed_and_all_points_are_read_again_when_they_return()
    {
        using var unblock = new ManualResetEventSlim();
        var reading = 0;
        var most = 0;
        await using var board = new StubBoard(_points);
        board.OnRead = point =>
        {
            var now = Interlocked.Increment(ref reading);
            InterlockedMax(ref most, now);
            unblock.Wait(TimeSpan.FromMinutes(2));
            Interlocked.Decrement(ref reading);
            return new RawValue(point, 0, 500, RawQuality.Good);
        };
        await using var polling = new Polling(this, board, threads: 2);
        await Eventually(() => Enumerable.Range(0, 4).Count(p => _target.Bad(p) > 0) == 2);
        Assert.Equal(2, Volatile.Read(ref most));

        unblock.Set();
        await Eventually(() => Enumerable.Range(0, 4).All(p => _target.Good(p) > 3));
        Assert.True(Volatile.Read(ref most) <= 2, $"{most} threads read at once");
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            await Task.Delay(5, giveUp.Token);
        }
    }

    private sealed class Polling : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Polling(PointPollerTests test, IBoard board, int threads = 256)
        {
            var poller = new PointPoller(board, [.. board.Points.Select(_ => test._rule)], test._target, TimeProvider.System, new Random(1), NullLogger.Instance) { MostThreads = threads };
            _running = poller.RunAsync(_stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.WaitAsync(TimeSpan.FromSeconds(60));
            _stop.Dispose();
        }
    }

    private sealed class Target : IPollTarget
    {
        private readonly ConcurrentDictionary<(int Point, bool Good), int> _counts = new();

        public int Good(int point) => _counts.GetValueOrDefault((point, true));

        public int Bad(int point) => _counts.GetValueOrDefault((point, false));

        public void Accept(in RawValue value) => _counts.AddOrUpdate((value.Point, true), 1, static (_, count) => count + 1);

        public void AcceptBad(int point) => _counts.AddOrUpdate((point, false), 1, static (_, count) => count + 1);
    }
}
