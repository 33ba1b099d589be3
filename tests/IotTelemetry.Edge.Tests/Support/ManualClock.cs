using IotTelemetry.Edge.Clock;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests;

/// <summary>A clock of the quality that the test says.</summary>
internal sealed class ManualClock(TimeProvider time) : IGatewayClock
{
    public ClockQuality Quality { get; set; } = ClockQuality.Synchronised;

    /// <summary>How far the real-time clock is off the time that passes.</summary>
    public TimeSpan Offset { get; set; }

    public int StepsBack { get; set; }

    public bool IsWaiting { get; set; }

    public long ToRealMs(long steadyMs) => steadyMs + (long)Offset.TotalMilliseconds;

    public long NowMs => (time.GetUtcNow() + Offset).ToUnixTimeMilliseconds();
}
