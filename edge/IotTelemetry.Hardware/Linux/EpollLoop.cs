using System.Collections.Concurrent;

namespace IotTelemetry.Hardware.Linux;

/// <summary>
/// One thread that waits for all descriptors of a board, and for timers. <see cref="Post"/> may be called from any thread, all else on the loop alone.
/// </summary>
/// <remarks>
/// It never waits longer than <see cref="LongestWait"/>: a GPIO chip that is unplugged while a reader waits wakes nobody on kernels before 6.5, so owners of
/// descriptors look after them by a timer.
/// </remarks>
internal sealed unsafe class EpollLoop : IDisposable
{
    /// <summary>The longest wait without a look at the timers.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // sys/epoll.h, sys/eventfd.h
    private const int ControlAdd = 1;
    private const int ControlDelete = 2;
    private const uint In = 0x1;
    private const uint ErrorOrHangUp = 0x8 | 0x10;
    private const int EventFdNonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int BatchSize = 32;

    private readonly TimeProvider _time;
    private readonly Action? _onRound;
    private readonly FileDescriptor _epoll;
    private readonly FileDescriptor _wake;
    private readonly Dictionary<long, IEpollHandler> _handlers = [];
    private readonly PriorityQueue<Action, long> _timers = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private long _nextKey = 1;

    /// <summary>A loop with nothing to wait for yet.</summary>
    /// <param name="time">The clock of the timers.</param>
    /// <param name="onRound">Called each time the loop comes round, at the latest after <see cref="LongestWait"/>.</param>
    /// <exception cref="LinuxException">The kernel gives no descriptor.</exception>
    public EpollLoop(TimeProvider time, Action? onRound = null)
    {
        _time = time;
        _onRound = onRound;
        _epoll = Valid(LibC.EpollCreate(CloseOnExec), "epoll_create1");
        _wake = Valid(LibC.EventFd(0, EventFdNonBlocking | CloseOnExec), "eventfd");
        Control(ControlAdd, _wake, 0);
    }

    /// <summary>Watches a descriptor; the returned key removes it.</summary>
    public long Add(FileDescriptor file, IEpollHandler handler)
    {
        var key = _nextKey++;
        Control(ControlAdd, file, key);
        _handlers.Add(key, handler);
        return key;
    }

    /// <summary>Watches no longer; call it before the descriptor is closed.</summary>
    public void Remove(long key, FileDescriptor file)
    {
        if (_handlers.Remove(key) && !file.IsClosed)
        {
            Control(ControlDelete, file, key);
        }
    }

    /// <summary>Runs <paramref name="action"/> once, after <paramref name="delay"/>, on the loop.</summary>
    public void After(TimeSpan delay, Action action) =>
        _timers.Enqueue(action, _time.GetTimestamp() + (long)(delay.TotalSeconds * _time.TimestampFrequency));

    /// <summary>Runs <paramref name="action"/> soon, on the loop. From any thread; after <see cref="Dispose"/> it is forgotten.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    /// <summary>Serves descriptors and timers until cancelled; an exception of a timer or posted action ends it.</summary>
    public void Run(CancellationToken stopping)
    {
        using var registration = stopping.Register(Wake);
        var events = stackalloc byte[BatchSize * EpollEvent.LargestSize];
        while (!stopping.IsCancellationRequested)
        {
            _onRound?.Invoke();
            while (_posted.TryDequeue(out var action))
            {
                action();
            }

            RunDueTimers(stopping);
            var count = LibC.EpollWait(_epoll, events, BatchSize, WaitMs());
            if (count < 0)
            {
                var errno = LibC.LastError;
                if (errno != Errno.Interrupted)
                {
                    throw new LinuxException("epoll_wait", errno);
                }
            }

            for (var i = 0; i < count; i++)
            {
                var e = events + (i * EpollEvent.Size);
                Dispatch(EpollEvent.Events(e), EpollEvent.Data(e));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wake.Dispose();
        _epoll.Dispose();
    }

    private void Dispatch(uint events, long key)
    {
        if (key == 0)
        {
            ulong value;
            _ = LibC.Read(_wake, &value, sizeof(ulong));
        }
        else if (_handlers.TryGetValue(key, out var handler))
        {
            // A handler earlier in this batch may have removed it; then there is none.
            handler.OnReady((events & ErrorOrHangUp) != 0);
        }
    }

    private void RunDueTimers(CancellationToken stopping)
    {
        // Timers set by these timers wait for the next round, so that descriptors are never starved.
        var now = _time.GetTimestamp();
        while (!stopping.IsCancellationRequested && _timers.TryPeek(out var action, out var due) && due <= now)
        {
            _timers.Dequeue();
            action();
        }
    }

    private int WaitMs()
    {
        if (!_posted.IsEmpty)
        {
            return 0;
        }

        var longest = (int)LongestWait.TotalMilliseconds;
        if (!_timers.TryPeek(out _, out var due))
        {
            return longest;
        }

        var ticks = due - _time.GetTimestamp();
        return ticks <= 0 ? 0 : (int)Math.Min(longest, Math.Ceiling(ticks * 1000.0 / _time.TimestampFrequency));
    }

    private void Wake()
    {
        ulong one = 1;
        try
        {
            _ = LibC.Write(_wake, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended: there is nobody left to wake.
        }
    }

    private void Control(int operation, FileDescriptor file, long key)
    {
        var e = stackalloc byte[EpollEvent.LargestSize];
        EpollEvent.Write(e, In, key);
        if (LibC.EpollControl(_epoll, operation, file, e) < 0)
        {
            throw new LinuxException($"epoll_ctl {operation} of descriptor {file.Number}", LibC.LastError);
        }
    }

    private static FileDescriptor Valid(FileDescriptor file, string call) =>
        file.IsInvalid ? throw new LinuxException(call, LibC.LastError) : file;
}
