namespace IotTelemetry.Edge.Clock;

/// <summary>
/// Time that only passes: it begins with the real time, or the least that can be, and goes on with the monotonic clock, whatever happens to the real-time clock. Readings are taken and filtered on
/// it, so that no step of the clock disturbs a debounce or a silence; they get their real time when they are framed. Thread-safe.
/// </summary>
internal sealed class SteadyTime(TimeProvider time, DateTimeOffset start) : TimeProvider
{
    private readonly long _startedAt = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => start + time.GetElapsedTime(_startedAt);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
