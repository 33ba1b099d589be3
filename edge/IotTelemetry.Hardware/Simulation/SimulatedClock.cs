namespace IotTelemetry.Hardware.Simulation;

/// <summary>
/// Maps the real clock to the hastened one. Simulated time runs on the monotonic clock, so a step of the real clock changes timestamps and never behaviour.
/// </summary>
internal sealed class SimulatedClock
{
    private readonly TimeProvider _time;
    private readonly double _speed;
    private readonly long _startedAt;

    public SimulatedClock(SimulationOptions options, TimeProvider time)
    {
        _time = time;
        _speed = options.Speed;
        _startedAt = time.GetTimestamp();
        Start = options.StartAt ?? time.GetUtcNow().TimeOfDay;
    }

    /// <summary>Simulated time at the start, counted from a midnight.</summary>
    public TimeSpan Start { get; }

    /// <summary>Simulated time now, counted from the midnight before the start.</summary>
    public TimeSpan Now => Start + (_time.GetElapsedTime(_startedAt) * _speed);

    /// <summary>The real time now, Unix milliseconds.</summary>
    public long RealNowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The real time at which it was <paramref name="simulated"/>, given that it is <paramref name="now"/> (simulated) at <paramref name="realNowMs"/>.</summary>
    public long RealTimeOf(TimeSpan simulated, TimeSpan now, long realNowMs) => realNowMs - (long)((now - simulated).TotalMilliseconds / _speed);

    /// <summary>How long the real clock takes until it is <paramref name="simulated"/>.</summary>
    public TimeSpan RealDelayUntil(TimeSpan simulated) => (simulated - Now) / _speed;
}
