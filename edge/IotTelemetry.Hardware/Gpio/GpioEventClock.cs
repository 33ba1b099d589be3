namespace IotTelemetry.Hardware.Gpio;

/// <summary>The clock with which the kernel stamps edges.</summary>
public enum GpioEventClock
{
    /// <summary>CLOCK_MONOTONIC: distances between edges are always right; made a real time when delivered. The default.</summary>
    Monotonic,

    /// <summary>CLOCK_REALTIME: the system's time at the edge, which jumps when the clock is set between two edges.</summary>
    Realtime,
}
