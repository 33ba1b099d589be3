using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace IotTelemetry.Edge.Sampling;

/// <summary>Takes the values of a board, pushed and polled, through the points' filters into frames. A point that fails is reported bad and retried; the others never notice.</summary>
internal sealed class Sampler : IPollTarget
{
    // Debounced and rate-limited readings are late by as much.
    private static readonly TimeSpan FineTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(250);

    private readonly LiveBoard _board;
    private readonly FrameBuilder _frames;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly PointFilter[] _filters;
    private readonly PointPoller _poller;
    private readonly ResiliencePipeline _restart;
    private readonly Pulse _boardPulse;
    private readonly Pulse _pollPulse;
    private readonly Pulse _tickPulse;
    private readonly TimeSpan _tick;
    private bool _ended;

    public Sampler(LiveBoard board, IReadOnlyList<PointRule> rules, FrameBuilder frames, TimeProvider time, Random random, ILogger log, Liveness liveness)
    {
        _boardPulse = liveness.Add("board");
        _pollPulse = liveness.Add("polling");
        _tickPulse = liveness.Add("sampling");
        _board = board;
        _frames = frames;
        _time = time;
        _log = log;
        _filters = [.. board.Points.Select((point, i) => new PointFilter(point, rules[i]))];
        _tick = TickFor(rules, frames.MaximumAge);
        _poller = new PointPoller(board, rules, this, time, random, log);
        _restart = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromMinutes(1),
                MaxRetryAttempts = int.MaxValue,
                OnRetry = arguments =>
                {
                    SamplingLog.BoardFailed(log, arguments.Outcome.Exception, board.Name, arguments.RetryDelay);
                    AcceptPushedAsBad();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Samples until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        // A driver may block before it first yields: it must not hold up the rest.
        var pushed = Task.Run(async () => await _restart.ExecuteAsync(async token => await RunBoardAsync(token), ending.Token), CancellationToken.None);
        var polled = _poller.RunAsync(ending.Token, _pollPulse);
        var ticked = TickAsync(ending.Token);
        try
        {
            // Only a defect ends one of them before it is told to.
            await Task.WhenAny(polled, ticked);
            await ending.CancelAsync();
            await Task.WhenAll(EndQuietly(pushed, ending.Token), polled, ticked);
        }
        finally
        {
            End();
        }
    }

    /// <inheritdoc/>
    public void Accept(in RawValue value)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

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

    /// <inheritdoc/>
    public void AcceptBad(int point)
    {
        // A read that hangs has not said so itself.
        _board.MarkBad(point);
        Accept(new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), LastReported(point)?.Value ?? 0, RawQuality.Bad));
    }

    /// <inheritdoc/>
    public void Alive(TimeSpan interval) => _boardPulse.BackWithin(interval);

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

    private async Task RunBoardAsync(CancellationToken stopping)
    {
        try
        {
            await _board.RunAsync(this, stopping);
        }
        finally
        {
            _boardPulse.Rest();
        }
    }

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

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                _tickPulse.BackWithin(_tick);
                ReportDue();
                _frames.SealIfDue();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping is how it ends.
        }

        _tickPulse.Rest();
    }

    /// <summary>How often to look for what time alone makes due: often enough for the filters, and for frames to be at most a tenth older than allowed.</summary>
    private static TimeSpan TickFor(IReadOnlyList<PointRule> rules, TimeSpan frameAge)
    {
        var longest = rules.Any(r => r.Debounce > TimeSpan.Zero || r.MinimumInterval > TimeSpan.Zero) ? FineTick : LongestTick;
        var tick = frameAge / 10;
        return tick < ShortestTick ? ShortestTick : tick > longest ? longest : tick;
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
        FlushFilters();
        _frames.BeginEpoch("the clock was set back");
        foreach (var filter in _filters)
        {
            filter.Reset();
        }
    }

    /// <summary>The driver that pushes is gone: what it pushed last says nothing any more.</summary>
    private void AcceptPushedAsBad()
    {
        for (var point = 0; point < _filters.Length; point++)
        {
            if (_board.Points[point].Delivery == PointDelivery.Pushed && LastReported(point) is not null)
            {
                AcceptBad(point);
            }
        }
    }

    private void End()
    {
        lock (_gate)
        {
            FlushFilters();
            _ended = true;
        }
    }

    private void FlushFilters()
    {
        for (var point = 0; point < _filters.Length; point++)
        {
            if (_filters[point].Flush(out var reading))
            {
                _frames.Add(point, reading.TimestampMs, reading.Value, reading.Quality);
            }
        }
    }
}
