using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Clock;

/// <summary>A clock of which nothing is known but what somebody says.</summary>
internal sealed class AssumedClock(TimeProvider time, ClockQuality quality) : IGatewayClock
{
    public ClockQuality Quality => quality;

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();
}
