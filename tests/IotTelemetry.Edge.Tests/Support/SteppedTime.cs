namespace IotTelemetry.Edge.Tests;

/// <summary>A clock whose wall and monotonic sides move apart.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(TimeSpan time)
    {
        _ticks += time.Ticks;
        _now += time;
    }

    public void Step(TimeSpan by) => _now += by;
}
