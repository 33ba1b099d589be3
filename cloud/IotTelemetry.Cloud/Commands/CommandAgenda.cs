namespace IotTelemetry.Cloud.Commands;

/// <summary>Which command is due when, on the monotonic clock. Thread-safe; one taker.</summary>
internal sealed class CommandAgenda(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(TrackedCommand Command, CommandDeadline Deadline), long> _entries = new();
    private TaskCompletionSource _earlier = NewSignal();

    /// <summary>Notes the command's deadline. An earlier note of the same command loses its meaning with the deadline it was made of.</summary>
    public void Note(TrackedCommand command, CommandDeadline deadline)
    {
        lock (_gate)
        {
            bool isEarliest = !_entries.TryPeek(out _, out long earliest) || deadline.At < earliest;
            _entries.Enqueue((command, deadline), deadline.At);
            if (isEarliest)
            {
                _earlier.TrySetResult();
            }
        }
    }

    /// <summary>Waits until something is due and takes it.</summary>
    public async Task<IReadOnlyList<(TrackedCommand Command, CommandDeadline Deadline)>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task earlier;
            TimeSpan wait;
            lock (_gate)
            {
                if (TakeDue() is { Count: > 0 } due)
                {
                    return due;
                }

                _earlier = _earlier.Task.IsCompleted ? NewSignal() : _earlier;
                earlier = _earlier.Task;
                wait = _entries.TryPeek(out _, out long at) ? time.GetElapsedTime(time.GetTimestamp(), at) : Timeout.InfiniteTimeSpan;
            }

            using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(earlier, Task.Delay(AtLeastOneMillisecond(wait), time, done.Token));
            await done.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private List<(TrackedCommand Command, CommandDeadline Deadline)> TakeDue()
    {
        long now = time.GetTimestamp();
        List<(TrackedCommand Command, CommandDeadline Deadline)> due = [];
        while (_entries.TryPeek(out (TrackedCommand Command, CommandDeadline Deadline) entry, out long at) && at <= now)
        {
            _entries.Dequeue();
            if (entry.Command.Deadline == entry.Deadline)
            {
                due.Add(entry);
            }
        }

        return due;
    }

    // A delay is cut to whole milliseconds: one that is cut to nothing would spin until the time has come.
    private static TimeSpan AtLeastOneMillisecond(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? wait : wait + TimeSpan.FromMilliseconds(1);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
