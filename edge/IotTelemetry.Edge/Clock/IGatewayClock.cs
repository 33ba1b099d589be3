using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Clock;

/// <summary>What the agent knows of the time. Thread-safe.</summary>
internal interface IGatewayClock
{
    /// <summary>How far the real-time clock may be trusted now.</summary>
    ClockQuality Quality { get; }

    /// <summary>The real-time clock now, Unix milliseconds.</summary>
    long NowMs { get; }
}
