namespace IotTelemetry.Edge.Sampling;

/// <summary>Which point is to be read when. Each starts at a random part of its interval, so that a gateway's reads are spread evenly. Not thread-safe.</summary>
internal sealed class PollSchedule
{
    private readonly TimeProvider _time;
    private readonly PriorityQueue<int, long> _due = new();
    private readonly long[] _intervalTicks;

    /// <param name="points">The points to poll with their intervals.</param>
    /// <param name="count">The number of all points.</param>
    /// <param name="time">The clock; intervals run on its monotonic side.</param>
    /// <param name="random">Where the start jitter comes from.</param>
    public PollSchedule(IEnumerable<(int Point, TimeSpan Interval)> points, int count, TimeProvider time, Random random)
    {
        _time = time;
        _intervalTicks = new long[count];
        var now = time.GetTimestamp();
        foreach (var (point, interval) in points)
        {
            _intervalTicks[point] = Math.Max(1, (long)(interval.TotalSeconds * time.TimestampFrequency));
            _due.Enqueue(point, now + (long)(_intervalTicks[point] * random.NextDouble()));
        }
    }

    /// <summary>How long until something is due; null when there is nothing to poll.</summary>
    public TimeSpan? UntilNext => _due.TryPeek(out _, out var at) ? _time.GetElapsedTime(_time.GetTimestamp(), at) : null;

    /// <summary>Takes a point that is due.</summary>
    public bool TryTake(out int point, out long dueAt) => _due.TryPeek(out point, out dueAt) && dueAt <= _time.GetTimestamp() && _due.TryDequeue(out point, out dueAt);

    /// <summary>
    /// Puts a point back for its next interval. Intervals that passed meanwhile (a slow bus, a suspended machine) are skipped, not made up for.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="dueAt">When it was due.</param>
    /// <param name="failures">How often in a row it could not be read: doubles the interval each time, up to 64 times.</param>
    public void PutBack(int point, long dueAt, int failures)
    {
        var interval = _intervalTicks[point] << Math.Min(failures, 6);
        var now = _time.GetTimestamp();
        var next = dueAt + interval;
        _due.Enqueue(point, next > now ? next : now + interval - ((now - dueAt) % interval));
    }
}
