using System.Threading.Channels;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;

namespace IotTelemetry.Edge.Commands;

/// <summary>Waits until a feedback shows what was set. One that pushes its changes is believed as it stands; one that is polled is asked until it has answered after the setting, or has hung for too long. Thread-safe.</summary>
internal sealed class FeedbackWatch(LiveBoard board, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    /// <summary>How much longer than the feedback's time-out a read may take that is under way by then.</summary>
    private static readonly TimeSpan ReadGrace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task> _reads = [];

    /// <summary>Waits for <paramref name="feedback"/> to show <paramref name="value"/>, at most for its time-out.</summary>
    /// <param name="feedback">What to look at.</param>
    /// <param name="value">What was set.</param>
    /// <param name="setAt">When it was set, a <see cref="TimeProvider"/> timestamp.</param>
    /// <param name="stopping">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public async Task<FeedbackOutcome> WaitAsync(Feedback feedback, double value, long setAt, CancellationToken stopping)
    {
        var changes = Channel.CreateBounded<LiveValue>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void OnObserved(int point, LiveValue seen)
        {
            if (point == feedback.Source && !feedback.IsPolled)
            {
                changes.Writer.TryWrite(seen);
            }
        }

        board.Observed += OnObserved;
        try
        {
            long? shownSince = null;
            while (true)
            {
                while (changes.Reader.TryRead(out _))
                {
                    // The newest is looked at next, whatever came before it.
                }

                if (feedback.IsPolled)
                {
                    await Task.WhenAny(ReadOf(feedback.Source), Task.Delay(Positive(feedback.Options.Timeout + ReadGrace - time.GetElapsedTime(setAt)), time, stopping));
                }

                var seen = Look(feedback, setAt);
                var isShown = seen is { } now && feedback.Shows(value, now.Value);
                shownSince = isShown ? shownSince ?? time.GetTimestamp() : null;
                var left = shownSince is { } since ? feedback.Options.Settle - time.GetElapsedTime(since) : feedback.Options.Timeout - time.GetElapsedTime(setAt);
                if (left <= TimeSpan.Zero)
                {
                    return new FeedbackOutcome(isShown, seen);
                }

                await WaitAsync(changes.Reader, feedback.IsPolled && left > PollInterval ? PollInterval : left, stopping);
            }
        }
        finally
        {
            board.Observed -= OnObserved;
        }
    }

    private LiveValue? Look(Feedback feedback, long setAt) =>
        board.Last(feedback.Source) is { } seen && Feedback.IsUsable(seen.Quality) && (!feedback.IsPolled || seen.At >= setAt) ? seen : null;

    /// <summary>A read of the source: the one that is under way, so that one that hangs keeps a single thread.</summary>
    private Task ReadOf(int source)
    {
        lock (_gate)
        {
            if (!_reads.TryGetValue(source, out var read) || read.IsCompleted)
            {
                _reads[source] = read = Task.Run(() => Read(source));
            }

            return read;
        }
    }

    private void Read(int source)
    {
        try
        {
            _ = board.Read(source);
        }
        catch (Exception)
        {
            // The board remembers it as bad: nothing that can be used was seen.
        }
    }

    private async Task WaitAsync(ChannelReader<LiveValue> changes, TimeSpan atMost, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(Positive(atMost), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            await changes.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Time to look again.
        }
    }

    private static TimeSpan Positive(TimeSpan wait) => wait < ShortestWait ? ShortestWait : wait;
}
