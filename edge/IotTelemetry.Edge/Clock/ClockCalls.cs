using System.Runtime.InteropServices;

namespace IotTelemetry.Edge.Clock;

/// <summary>The system calls about time; structures as on 64-bit Linux.</summary>
internal static unsafe partial class ClockCalls
{
    /// <summary>adjtimex(2): the kernel takes the clock for wrong.</summary>
    public const int TimeError = 5;

    /// <summary>sys/timex.h: the clock is not synchronised.</summary>
    public const int StaUnsync = 0x40;

    /// <summary>errno of a read of a timer that was cancelled because the clock was set.</summary>
    public const int Cancelled = 125;

    /// <summary>errno of a call that a signal broke off.</summary>
    public const int Interrupted = 4;

    public const int ClockRealtime = 0;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    /// <summary>sys/timerfd.h: an absolute time, and the timer is cancelled when the clock is set.</summary>
    public const int AbsoluteCancelOnSet = 1 | 2;

    public const short PollIn = 1;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "adjtimex", SetLastError = true)]
    public static partial int AdjustTime(Timex* buffer);

    [LibraryImport(Library, EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int CreateTimer(int clock, int flags);

    [LibraryImport(Library, EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int SetTimer(int fd, int flags, TimerSpecification* value, TimerSpecification* old);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    /// <summary>struct timex; only what is read here has a name.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    public struct Timex
    {
        [FieldOffset(0)]
        public int Modes;

        [FieldOffset(40)]
        public int Status;
    }

    /// <summary>struct itimerspec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimerSpecification
    {
        public long IntervalSeconds;
        public long IntervalNanoseconds;
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
