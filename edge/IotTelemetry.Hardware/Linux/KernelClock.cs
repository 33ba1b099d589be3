namespace IotTelemetry.Hardware.Linux;

/// <summary>The two clocks with which the kernel stamps events, and the way from one to the other.</summary>
internal static unsafe class KernelClock
{
    // linux/time.h
    private const int ClockRealtime = 0;
    private const int ClockMonotonic = 1;

    /// <summary>CLOCK_REALTIME, nanoseconds since 1970-01-01 UTC; jumps when the clock is set.</summary>
    public static long RealtimeNs => Read(ClockRealtime);

    /// <summary>CLOCK_MONOTONIC, nanoseconds since some moment near boot; never jumps, stands still in suspend.</summary>
    public static long MonotonicNs => Read(ClockMonotonic);

    /// <summary>What must be added to a monotonic stamp to make it a real time, as of now.</summary>
    public static long RealtimeMinusMonotonicNs
    {
        get
        {
            // Read either side of the real time, so that a preemption between the two halves its error instead of keeping it.
            var before = MonotonicNs;
            var real = RealtimeNs;
            var after = MonotonicNs;
            return real - (before + ((after - before) / 2));
        }
    }

    private static long Read(int clock)
    {
        TimeSpecification time;
        return LibC.ClockGetTime(clock, &time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : throw new LinuxException($"reading clock {clock}", LibC.LastError);
    }
}
