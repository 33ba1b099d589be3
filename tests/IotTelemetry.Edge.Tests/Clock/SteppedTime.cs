using IotTelemetry.Hardware.Tests;

namespace IotTelemetry.Edge.Tests.Clock;

/// <summary>A machine's time: the monotonic clock passes when told, the real-time clock can be set besides.</summary>
internal sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private readonly ManualTime _passing = new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private TimeSpan _offset = start - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => _passing.TimestampFrequency;

    public void Pass(TimeSpan by) => _passing.Advance(by);

    /// <summary>Somebody sets the clock.</summary>
    public void Set(DateTimeOffset now) => _offset = now - _passing.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _passing.GetUtcNow() + _offset;

    public override long GetTimestamp() => _passing.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _passing.CreateTimer(callback, state, dueTime, period);
}
