using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Clock;

/// <summary>What the agent knows of the time. Thread-safe.</summary>
internal interface IGatewayClock
{
    /// <summary>How far the real-time clock may be trusted now.</summary>
    ClockQuality Quality { get; }

    /// <summary>The best guess of the real time now, Unix milliseconds.</summary>
    long NowMs { get; }

    /// <summary>How often the real time was set back by more than a moment. Times given out after it may be earlier than those before.</summary>
    int StepsBack { get; }

    /// <summary>Whether times are not known yet and may soon be: what can wait should.</summary>
    bool IsWaiting { get; }

    /// <summary>The real time, by what is known now, of a time on the steady timeline that readings are taken on (<see cref="SteadyTime"/>).</summary>
    long ToRealMs(long steadyMs);
}
