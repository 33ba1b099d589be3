using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Confirm;

/// <summary>
/// Sends the cursor of every gateway that something changed for: at once when nothing of it is on its way any more, so that the end of activity is confirmed promptly;
/// otherwise at most once per interval. Thread-safe.
/// </summary>
internal sealed class CursorPublisher(ICursorSink sink, IngestOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<GatewaySession> _due = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>The gateway's cursor moved, or has something new to say.</summary>
    public void Touch(GatewaySession gateway)
    {
        lock (_gate)
        {
            _due.Add(gateway);
            _changed.TrySetResult();
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await SendDueAsync(everything: false, cancellationToken);
            await WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends what is due, or, before a stop, whatever changed.</summary>
    public async Task SendDueAsync(bool everything, CancellationToken cancellationToken)
    {
        GatewaySession[] candidates;
        lock (_gate)
        {
            candidates = [.. _due];
            if (_changed.Task.IsCompleted)
            {
                _changed = NewSignal();
            }
        }

        long now = time.GetTimestamp();
        foreach (GatewaySession gateway in candidates)
        {
            bool rested = gateway.CursorSentAt == 0 || time.GetElapsedTime(gateway.CursorSentAt, now) >= options.CursorInterval;
            if (!everything && !rested && gateway.HasFramesOnTheirWay)
            {
                continue;
            }

            lock (_gate)
            {
                // Removed before the cursor is read: a change after this point makes the gateway due again.
                _due.Remove(gateway);
            }

            gateway.CursorSentAt = now;
            await sink.SendAsync(gateway, gateway.Cursor(time, options.RebirthInterval), cancellationToken);
        }
    }

    // A gateway that has frames on their way is looked at again when its frames are stored (Touch), at the latest after a quarter of the interval.
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task changed;
        TimeSpan wait;
        lock (_gate)
        {
            changed = _changed.Task;
            wait = _due.Count > 0 ? options.CursorInterval / 4 : Timeout.InfiniteTimeSpan;
        }

        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(wait, time, done.Token));
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
