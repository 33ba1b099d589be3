using System.Collections.Concurrent;

namespace IotTelemetry.Edge.Sampling;

/// <summary>A thread that reads the points of a queue one after another, and can be left behind with a read that blocks: a thread of the pool would be missed by everything else.</summary>
internal sealed class PollLane
{
    private readonly ConcurrentQueue<(int Point, long DueAt)> _work;
    private readonly Action<int, long> _read;
    private readonly TimeProvider _time;

    // A monitor and no Lock: the thread waits on it.
    private readonly object _gate = new();
    private TaskCompletionSource? _asked;
    private int? _point;
    private long _since;
    private bool _left;

    /// <param name="work">What to read; another lane goes on with it when this one is left.</param>
    /// <param name="read">Reads one point; throws nothing.</param>
    /// <param name="time">The clock.</param>
    public PollLane(ConcurrentQueue<(int Point, long DueAt)> work, Action<int, long> read, TimeProvider time)
    {
        _work = work;
        _read = read;
        _time = time;
        new Thread(Run) { IsBackground = true, Name = "poll" }.Start();
    }

    /// <summary>Whether everything asked for is read.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _asked is null;
            }
        }
    }

    /// <summary>Reads until the queue is empty.</summary>
    public Task ReadAsync()
    {
        lock (_gate)
        {
            _asked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Monitor.Pulse(_gate);
            return _asked.Task;
        }
    }

    /// <summary>Leaves the lane if its present read has lasted for <paramref name="limit"/>; the thread ends with that read.</summary>
    /// <returns>The point that blocks; null when none does, and the lane goes on.</returns>
    public int? LeaveIfBlocked(TimeSpan limit)
    {
        lock (_gate)
        {
            _left = _point is not null && _time.GetElapsedTime(_since) >= limit;
            return _left ? _point : null;
        }
    }

    /// <summary>Ends the thread when its present read, if any, is done; nothing waits for that.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _left = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (TryNext(out var next))
        {
            _read(next.Point, next.DueAt);
        }
    }

    /// <summary>Waits for the next point to read; false when the lane is left.</summary>
    private bool TryNext(out (int Point, long DueAt) next)
    {
        lock (_gate)
        {
            _point = null;
            next = default;
            while (!_left)
            {
                if (_asked is not null && _work.TryDequeue(out next))
                {
                    _point = next.Point;
                    _since = _time.GetTimestamp();
                    return true;
                }

                _asked?.SetResult();
                _asked = null;
                Monitor.Wait(_gate);
            }

            return false;
        }
    }
}
