using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Clock;

/// <summary>The machine's clock, taken as it stands, of which nothing is known but what somebody says.</summary>
internal sealed class AssumedClock(TimeProvider time, ClockQuality quality) : IGatewayClock
{
    public ClockQuality Quality => quality;

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public int StepsBack => 0;

    public bool IsWaiting => false;

    public long ToRealMs(long steadyMs) => steadyMs;
}
