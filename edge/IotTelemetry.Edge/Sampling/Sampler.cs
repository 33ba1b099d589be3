using IotTelemetry.Edge.Framing;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace IotTelemetry.Edge.Sampling;

/// <summary>Takes the values of a board, pushed and polled, through the points' filters into frames. A point that fails is reported bad and retried; the others never notice.</summary>
internal sealed class Sampler : IRawValueSink
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Points that are due so close together are read in one go: half the wake-ups at 100 readings a second.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(25);

    private readonly IBoard _board;
    private readonly FrameBuilder _frames;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly PointFilter[] _filters;
    private readonly PollSchedule _schedule;
    private readonly int[] _failures;
    private readonly ResiliencePipeline _restart;
    private readonly TimeSpan _gathering;

    public Sampler(IBoard board, IReadOnlyList<PointRule> rules, FrameBuilder frames, TimeProvider time, Random random, ILogger log)
    {
        _board = board;
        _frames = frames;
        _time = time;
        _log = log;
        _filters = [.. board.Points.Select((point, i) => new PointFilter(point, rules[i]))];
        _failures = new int[_filters.Length];
        (int Point, TimeSpan Interval)[] polled = [.. Enumerable.Range(0, _filters.Length).Where(p => board.Points[p].Delivery == PointDelivery.Polled).Select(p => (p, rules[p].PollInterval))];
        _schedule = new PollSchedule(polled, _filters.Length, time, random);
        var quarter = polled.Length == 0 ? LongestGathering : polled.Min(p => p.Interval) / 4;
        _gathering = quarter < LongestGathering ? quarter : LongestGathering;
        _restart = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<IOException>(),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromMinutes(1),
                MaxRetryAttempts = int.MaxValue,
                OnRetry = arguments =>
                {
                    SamplingLog.BoardFailed(log, arguments.Outcome.Exception, board.Name, arguments.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Samples until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pushed = _restart.ExecuteAsync(async token => await _board.RunAsync(this, token), stopping).AsTask();
        await Task.WhenAll(EndQuietly(pushed, stopping), PollAsync(stopping), TickAsync(stopping));
    }

    /// <inheritdoc/>
    public void Accept(in RawValue value)
    {
        lock (_gate)
        {
            var filter = _filters[value.Point];
            if (filter.IsStepBack(value.TimestampMs))
            {
                OnStepBack(value.TimestampMs);
            }

            if (filter.Offer(value, out var reading))
            {
                _frames.Add(value.Point, reading.TimestampMs, reading.Value, reading.Quality);
            }
        }
    }

    /// <summary>The last reported value of a point; null before the first.</summary>
    public Reading? LastReported(int point)
    {
        lock (_gate)
        {
            return _filters[point].Last;
        }
    }

    /// <summary>The last reported value of a point as commands speak of it; null before the first and while it is bad.</summary>
    public PointValue? LastValue(int point) =>
        LastReported(point) is not { Quality: Quality.Good } last ? null
        : _board.Points[point].Kind == PointKind.Digital ? PointValue.Of(last.Value != 0)
        : PointValue.Of(last.Value);

    private static async Task EndQuietly(Task task, CancellationToken stopping)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping is how it ends.
        }
    }

    private async Task PollAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && _schedule.UntilNext is { } wait)
        {
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < _gathering ? _gathering : wait, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            while (!stopping.IsCancellationRequested && _schedule.TryTake(out var point, out var dueAt))
            {
                Poll(point);
                _schedule.PutBack(point, dueAt, _failures[point]);
            }
        }
    }

    private void Poll(int point)
    {
        try
        {
            var value = _board.Read(point);
            if (_failures[point] > 0)
            {
                SamplingLog.PointRecovered(_log, _board.Points[point].Name, _board.Assets[_board.Points[point].Asset].Id, _failures[point]);
                _failures[point] = 0;
            }

            Accept(value);
        }
        catch (IOException exception)
        {
            if (_failures[point]++ == 0)
            {
                SamplingLog.PointFailed(_log, exception, _board.Points[point].Name, _board.Assets[_board.Points[point].Asset].Id);
            }

            Accept(new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), LastReported(point)?.Value ?? 0, RawQuality.Bad));
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                ReportDue();
                _frames.SealIfDue();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping is how it ends.
        }
    }

    private void ReportDue()
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            for (var point = 0; point < _filters.Length; point++)
            {
                if (_filters[point].Due(nowMs, out var reading))
                {
                    _frames.Add(point, reading.TimestampMs, reading.Value, reading.Quality);
                }
            }
        }
    }

    private void OnStepBack(long timestampMs)
    {
        SamplingLog.ClockSetBack(_log, DateTimeOffset.FromUnixTimeMilliseconds(timestampMs));
        _frames.BeginEpoch("the clock was set back");
        foreach (var filter in _filters)
        {
            filter.Reset();
        }
    }
}
