namespace IotTelemetry.Edge.Tests;

/// <summary>
/// The system's time, which adds up the waits that were begun after <see cref="Begin"/> and ran to their end: how long the code waits by its own time-outs at most, whatever the machine's speed.
/// </summary>
internal sealed class CountedTime : TimeProvider
{
    private long _ticks;
    private volatile bool _counts;

    /// <summary>The sum of the waits that ran out.</summary>
    public TimeSpan RanOut => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    public void Begin() => _counts = true;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!_counts || dueTime <= TimeSpan.Zero || period != Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        return base.CreateTimer(
            s =>
            {
                Interlocked.Add(ref _ticks, dueTime.Ticks);
                callback(s);
            },
            state,
            dueTime,
            period);
    }
}
