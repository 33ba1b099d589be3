using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Linux;

/// <summary>struct timespec (time.h) on 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;
}
