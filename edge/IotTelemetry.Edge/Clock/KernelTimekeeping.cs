using System.Runtime.InteropServices;

namespace IotTelemetry.Edge.Clock;

/// <summary>
/// The kernel's word: adjtimex(2) says whether the clock is synchronised, and a timer on the real-time clock that is cancelled when somebody sets it (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET)
/// says when. Reading needs no privilege. Elsewhere than on 64-bit Linux nothing is known. Thread-safe.
/// </summary>
internal sealed unsafe class KernelTimekeeping : ITimekeeping
{
    // The year 2255: later than any time that is met.
    private const long FarSeconds = 9_000_000_000;

    // What the usual services leave in /run while they run.
    private static readonly string[] Services = ["/run/systemd/timesync", "/run/chrony", "/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid", "/run/ntp"];

    private static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    public bool? IsSynchronised
    {
        get
        {
            if (!IsSupported)
            {
                return null;
            }

            ClockCalls.Timex timex = default;
            var state = ClockCalls.AdjustTime(&timex);
            return state < 0 ? null : state != ClockCalls.TimeError && (timex.Status & ClockCalls.StaUnsync) == 0;
        }
    }

    public bool HasService => Array.Exists(Services, Path.Exists);

    public Task WatchAsync(Action onSet, CancellationToken stopping)
    {
        if (!IsSupported)
        {
            return Task.CompletedTask;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Watch(onSet, ended, stopping), maxStackSize: 128 * 1024) { IsBackground = true, Name = "clock" };
        thread.Start();
        return ended.Task;
    }

    private static void Watch(Action onSet, TaskCompletionSource ended, CancellationToken stopping)
    {
        try
        {
            var timer = Valid(ClockCalls.CreateTimer(ClockCalls.ClockRealtime, ClockCalls.CloseOnExec | ClockCalls.NonBlocking), "timerfd_create");
            try
            {
                var wake = Valid(ClockCalls.CreateEvent(0, ClockCalls.CloseOnExec | ClockCalls.NonBlocking), "eventfd");
                try
                {
                    using var registration = stopping.Register(() => Wake(wake));
                    Watch(timer, wake, onSet, stopping);
                }
                finally
                {
                    _ = ClockCalls.Close(wake);
                }
            }
            finally
            {
                _ = ClockCalls.Close(timer);
            }

            ended.SetResult();
        }
        catch (IOException exception)
        {
            ended.SetException(exception);
        }
    }

    private static void Watch(int timer, int wake, Action onSet, CancellationToken stopping)
    {
        var entries = stackalloc ClockCalls.PollEntry[2];
        entries[0] = new ClockCalls.PollEntry { Descriptor = timer, Events = ClockCalls.PollIn };
        entries[1] = new ClockCalls.PollEntry { Descriptor = wake, Events = ClockCalls.PollIn };
        Arm(timer, onSet);
        while (!stopping.IsCancellationRequested)
        {
            if (ClockCalls.Poll(entries, 2, -1) < 0 && Marshal.GetLastPInvokeError() != ClockCalls.Interrupted)
            {
                throw new IOException($"poll for the clock failed: errno {Marshal.GetLastPInvokeError()}");
            }

            ulong expirations;
            if ((entries[0].Returned & ClockCalls.PollIn) != 0 && ClockCalls.Read(timer, &expirations, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == ClockCalls.Cancelled)
            {
                Arm(timer, onSet);
                onSet();
            }
        }
    }

    private static void Arm(int timer, Action onSet)
    {
        var far = new ClockCalls.TimerSpecification { Seconds = FarSeconds };
        if (ClockCalls.SetTimer(timer, ClockCalls.AbsoluteCancelOnSet, &far, null) >= 0)
        {
            return;
        }

        // The kernel says so when the clock was set since the last look; the timer is armed all the same.
        if (Marshal.GetLastPInvokeError() != ClockCalls.Cancelled)
        {
            throw new IOException($"timerfd_settime failed: errno {Marshal.GetLastPInvokeError()}");
        }

        onSet();
    }

    private static void Wake(int descriptor)
    {
        ulong one = 1;
        _ = ClockCalls.Write(descriptor, &one, sizeof(ulong));
    }

    private static int Valid(int descriptor, string call) =>
        descriptor >= 0 ? descriptor : throw new IOException($"{call} failed: errno {Marshal.GetLastPInvokeError()}");
}
