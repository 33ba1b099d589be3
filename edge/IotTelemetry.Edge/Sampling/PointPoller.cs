using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Sampling;

/// <summary>
/// Reads the polled points of a board when they are due, one after another on a thread of its own. A read that fails makes its point bad and is tried again ever more rarely; one that
/// blocks is left behind with its thread, and from then on its point is read apart: the others lose a quarter of a second, once. So many threads may be held by reads that block; what blocks beyond them
/// is bad unread, and holds up the others until it comes back.
/// </summary>
internal sealed class PointPoller
{
    /// <summary>Points that are due so close together are read in one go: half the wake-ups at 100 readings a second.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(25);

    /// <summary>A read that takes longer does not hold up others any more.</summary>
    private static readonly TimeSpan SlowRead = TimeSpan.FromMilliseconds(250);

    /// <summary>Waiting cuts off what is less.</summary>
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly IBoard _board;
    private readonly IReadOnlyList<PointRule> _rules;
    private readonly IPollTarget _target;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly PollSchedule _schedule;
    private readonly TimeSpan _gathering;
    private readonly bool _hasPoints;
    private readonly PointReads[] _reads;
    private readonly TaskCompletionSource _defect = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _hasSlow;
    private int _threads;

    public PointPoller(IBoard board, IReadOnlyList<PointRule> rules, IPollTarget target, TimeProvider time, Random random, ILogger log)
    {
        _board = board;
        _rules = rules;
        _target = target;
        _time = time;
        _log = log;
        (int Point, TimeSpan Interval)[] polled =
            [.. Enumerable.Range(0, board.Points.Count).Where(p => board.Points[p].Delivery == PointDelivery.Polled).Select(p => (p, rules[p].PollInterval))];
        _schedule = new PollSchedule(polled, board.Points.Count, time, random);
        var quarter = polled.Length == 0 ? LongestGathering : polled.Min(p => p.Interval) / 4;
        _gathering = quarter < LongestGathering ? quarter : LongestGathering;
        _reads = [.. board.Points.Select(_ => new PointReads())];
        _hasPoints = polled.Length > 0;
    }

    /// <summary>How many threads may be reading. The unit's TasksMax= leaves room for them beside the agent's own; a thread that cannot be made would end the process.</summary>
    public int MostThreads { get; init; } = 256;

    /// <summary>Polls until cancelled. Reads that still block then are not waited for; the target must not mind what they bring later.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <param name="pulse">Beats with each round; a read that blocks does not stop it.</param>
    public async Task RunAsync(CancellationToken stopping, Pulse? pulse = null)
    {
        if (!_hasPoints)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        var lane = NewLane();
        while (!stopping.IsCancellationRequested && !_defect.Task.IsCompleted)
        {
            pulse?.BackWithin(SlowRead);
            await Task.Delay(lane.Remaining(SlowRead) + OneMillisecond, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hasSlow = ReportHanging();
            if (lane.Blocked(SlowRead) is not { } point)
            {
                continue;
            }

            if (!_reads[point].IsSlow)
            {
                SamplingLog.PointSlow(_log, NameOf(point), AssetOf(point), SlowRead);
            }

            _reads[point].BecomeSlow();
            _hasSlow = true;
            if (Volatile.Read(ref _threads) < MostThreads)
            {
                lane.Leave();
                lane = NewLane();
            }
            else
            {
                await Task.Delay(SlowRead, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        pulse?.Rest();
        lane.Leave();
        if (_defect.Task.IsCompleted)
        {
            await _defect.Task;
        }
    }

    private PollLane NewLane()
    {
        Interlocked.Increment(ref _threads);
        return new PollLane(TakeDue, ReadGuarded, UntilDue, ThreadEnded, _time);
    }

    private void ThreadEnded() => Interlocked.Decrement(ref _threads);

    private (int Point, long DueAt)? TakeDue()
    {
        while (_schedule.TryTake(out var point, out var dueAt))
        {
            if (!_reads[point].IsSlow)
            {
                return (point, dueAt);
            }

            if (Interlocked.Increment(ref _threads) > MostThreads)
            {
                ThreadEnded();
                _target.AcceptBad(point);
                _schedule.PutBack(point, dueAt, _reads[point].Fail());
                continue;
            }

            new Thread(() => ReadApart(point, dueAt)) { IsBackground = true, Name = "poll apart" }.Start();
        }

        return null;
    }

    private void ReadApart(int point, long dueAt)
    {
        ReadGuarded(point, dueAt);
        ThreadEnded();
    }

    private TimeSpan UntilDue()
    {
        var wait = _schedule.UntilNext ?? SlowRead;
        wait = _hasSlow && wait > SlowRead ? SlowRead : wait;
        return (wait < _gathering ? _gathering : wait) + OneMillisecond;
    }

    private void ReadGuarded(int point, long dueAt)
    {
        try
        {
            Read(point, dueAt);
        }
        catch (Exception defect)
        {
            // Not the sensor's but the agent's: it ends the sampling, which reports it.
            _defect.TrySetException(defect);
        }
    }

    private void Read(int point, long dueAt)
    {
        var reads = _reads[point];
        var failures = 0;
        var began = _time.GetTimestamp();
        reads.Begin(began);
        if (TryRead(point, out var value, out var failure))
        {
            var before = reads.Succeed(_time.GetElapsedTime(began) < SlowRead);
            if (before > 0)
            {
                SamplingLog.PointRecovered(_log, NameOf(point), AssetOf(point), before);
            }

            _target.Accept(value);
        }
        else
        {
            failures = reads.Fail();
            if (failures == 1)
            {
                SamplingLog.PointFailed(_log, failure!, NameOf(point), AssetOf(point));
            }

            _target.AcceptBad(point);
        }

        _schedule.PutBack(point, dueAt, failures);
    }

    private bool TryRead(int point, out RawValue value, out Exception? failure)
    {
        try
        {
            value = _board.Read(point);
            failure = null;
            return true;
        }
        catch (Exception exception)
        {
            // Whatever a driver throws is its sensor's failure: reported as bad, logged once with its cause, counted by the back-off.
            value = default;
            failure = exception;
            return false;
        }
    }

    /// <summary>Reports the points whose read has not come back in time; true while there are points that have to be looked after.</summary>
    private bool ReportHanging()
    {
        var any = false;
        for (var point = 0; point < _reads.Length; point++)
        {
            if (!_reads[point].IsSlow)
            {
                continue;
            }

            any = true;
            if (_reads[point].BeginsToHang(_time, _rules[point].ReadTimeout))
            {
                SamplingLog.PointHangs(_log, NameOf(point), AssetOf(point), _rules[point].ReadTimeout);
                _target.AcceptBad(point);
            }
        }

        return any;
    }

    private string NameOf(int point) => _board.Points[point].Name;

    private string AssetOf(int point) => _board.Assets[_board.Points[point].Asset].Id;
}
