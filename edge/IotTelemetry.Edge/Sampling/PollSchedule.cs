namespace IotTelemetry.Edge.Sampling;

/// <summary>Which point is to be read when. Each starts at a random part of its interval, so that a gateway's reads are spread evenly. Thread-safe.</summary>
internal sealed class PollSchedule
{
    /// <summary>A point that fails is asked at least this often, or at its own interval if that is longer.</summary>
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<int, long> _due = new();
    private readonly long[] _intervalTicks;

    /// <param name="points">The points to poll with their intervals.</param>
    /// <param name="count">The number of all points.</param>
    /// <param name="time">The clock; intervals run on its monotonic side.</param>
    /// <param name="random">Where start and retry jitter come from; used under this object's lock alone.</param>
    public PollSchedule(IEnumerable<(int Point, TimeSpan Interval)> points, int count, TimeProvider time, Random random)
    {
        _time = time;
        _random = random;
        _intervalTicks = new long[count];
        var now = time.GetTimestamp();
        foreach (var (point, interval) in points)
        {
            _intervalTicks[point] = Math.Max(1, (long)(interval.TotalSeconds * time.TimestampFrequency));
            _due.Enqueue(point, now + (long)(_intervalTicks[point] * random.NextDouble()));
        }
    }

    /// <summary>How long until something is due; null while every point is out being read, or there is none.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            lock (_gate)
            {
                return _due.TryPeek(out _, out var at) ? _time.GetElapsedTime(_time.GetTimestamp(), at) : null;
            }
        }
    }

    /// <summary>Takes a point that is due.</summary>
    public bool TryTake(out int point, out long dueAt)
    {
        lock (_gate)
        {
            return _due.TryPeek(out point, out dueAt) && dueAt <= _time.GetTimestamp() && _due.TryDequeue(out point, out dueAt);
        }
    }

    /// <summary>
    /// Puts a point back for its next interval. Intervals that passed meanwhile (a slow bus, a suspended machine) are skipped, not made up for.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="dueAt">When it was due.</param>
    /// <param name="failures">How often in a row it could not be read: doubles the interval each time, up to 64 times, with a fifth of jitter.</param>
    public void PutBack(int point, long dueAt, int failures)
    {
        lock (_gate)
        {
            var interval = failures == 0 ? _intervalTicks[point] : BackOff(point, failures);
            var now = _time.GetTimestamp();
            var next = dueAt + interval;
            _due.Enqueue(point, next > now ? next : now + interval - ((now - dueAt) % interval));
        }
    }

    private long BackOff(int point, int failures)
    {
        var longest = Math.Max(_intervalTicks[point], (long)(LongestBackOff.TotalSeconds * _time.TimestampFrequency));
        var interval = Math.Min(_intervalTicks[point] << Math.Min(failures, 6), longest);
        return Math.Max(1, (long)(interval * (0.8 + (0.4 * _random.NextDouble()))));
    }
}
