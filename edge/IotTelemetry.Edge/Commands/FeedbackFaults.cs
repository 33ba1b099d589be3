using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;

namespace IotTelemetry.Edge.Commands;

/// <summary>The faults of points whose feedback did not show what was set; that of a failed off also ends when the contact opens late. Thread-safe.</summary>
internal sealed class FeedbackFaults : IDisposable
{
    private readonly LiveBoard _board;
    private readonly FaultBook _faults;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, SwitchPoint> _notOff = [];

    public FeedbackFaults(LiveBoard board, FaultBook faults)
    {
        _board = board;
        _faults = faults;
        board.Observed += OnObserved;
    }

    /// <summary>A point does not show what was set.</summary>
    /// <param name="point">The point, which has a feedback.</param>
    /// <param name="problem">What was set, and what is seen.</param>
    /// <param name="isNotOff">It was switched off: the fault ends when the feedback shows that after all.</param>
    public void Set(SwitchPoint point, string problem, bool isNotOff)
    {
        if (isNotOff)
        {
            lock (_gate)
            {
                _notOff[point.Feedback!.Source] = point;
            }
        }

        _faults.Set(point.Address, problem);
    }

    /// <summary>A point was set with success.</summary>
    public void Clear(SwitchPoint point)
    {
        if (point.Feedback is { } feedback)
        {
            lock (_gate)
            {
                _notOff.Remove(feedback.Source);
            }
        }

        _faults.Clear(point.Address);
    }

    public void Dispose() => _board.Observed -= OnObserved;

    // The command stays failed.
    private void OnObserved(int source, LiveValue seen)
    {
        SwitchPoint? point;
        lock (_gate)
        {
            if (!_notOff.TryGetValue(source, out point) || !Feedback.IsUsable(seen.Quality) || !point.Feedback!.Shows(0, seen.Value))
            {
                return;
            }

            _notOff.Remove(source);
        }

        _faults.Clear(point.Address);
    }
}
