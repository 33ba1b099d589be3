namespace IotTelemetry.Edge.Sampling;

/// <summary>
/// A thread that reads points when they are due, one after another, and sleeps in between: one wake-up for each group of them, where a timer and the thread pool take four. A read that blocks keeps this
/// thread and nothing else: the lane is left, and another one goes on.
/// </summary>
internal sealed class PollLane
{
    private readonly Func<(int Point, long DueAt)?> _take;
    private readonly Action<int, long> _read;
    private readonly Func<TimeSpan> _rest;
    private readonly Action _ended;
    private readonly TimeProvider _time;

    // A monitor and no Lock: the thread waits on it.
    private readonly object _gate = new();
    private int? _point;
    private long _since;
    private bool _left;

    /// <param name="take">The next point that is due, or null; throws nothing.</param>
    /// <param name="read">Reads one point; throws nothing.</param>
    /// <param name="rest">How long nothing will be due.</param>
    /// <param name="ended">The thread's last call; throws nothing.</param>
    /// <param name="time">The clock.</param>
    public PollLane(Func<(int Point, long DueAt)?> take, Action<int, long> read, Func<TimeSpan> rest, Action ended, TimeProvider time)
    {
        _take = take;
        _read = read;
        _rest = rest;
        _ended = ended;
        _time = time;
        new Thread(Run) { IsBackground = true, Name = "poll" }.Start();
    }

    /// <summary>How long the present read may go on until it has lasted for <paramref name="limit"/>; the limit when there is none.</summary>
    public TimeSpan Remaining(TimeSpan limit)
    {
        lock (_gate)
        {
            var remaining = _point is null ? limit : limit - _time.GetElapsedTime(_since);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>The point whose read has lasted for <paramref name="limit"/>; null when there is none.</summary>
    public int? Blocked(TimeSpan limit)
    {
        lock (_gate)
        {
            return _point is not null && _time.GetElapsedTime(_since) >= limit ? _point : null;
        }
    }

    /// <summary>Ends the thread when its present read, if any, is done; nothing waits for that.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _left = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (TryNext(out var next))
        {
            _read(next.Point, next.DueAt);
        }

        _ended();
    }

    /// <summary>Waits for the next point to read; false when the lane is left.</summary>
    private bool TryNext(out (int Point, long DueAt) next)
    {
        lock (_gate)
        {
            _point = null;
            next = default;
            while (!_left)
            {
                if (_take() is { } due)
                {
                    next = due;
                    _point = due.Point;
                    _since = _time.GetTimestamp();
                    return true;
                }

                Monitor.Wait(_gate, _rest());
            }

            return false;
        }
    }
}
