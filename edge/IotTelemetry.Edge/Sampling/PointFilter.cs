using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Sampling;

/// <summary>
/// Report by exception for one point: debounce for digital values, deadband for analog ones, and a maximum silence for both. What it gives out has strictly rising
/// timestamps. Not thread-safe.
/// </summary>
internal sealed class PointFilter(BoardPoint point, PointRule rule)
{
    /// <summary>A clock that was set back by more than this is a step; less is the fine order of events within one burst.</summary>
    public const long StepBackMs = 1000;

    private readonly long _debounceMs = point.Kind == PointKind.Digital ? (long)rule.Debounce.TotalMilliseconds : 0;
    private readonly long _silenceMs = rule.MaximumSilence is { } silence ? (long)silence.TotalMilliseconds : long.MaxValue;
    // No deadband reports every sample, a deadband of 0 every change.
    private readonly double _leastChange = rule.Deadband is { } deadband ? Math.Max(deadband, double.Epsilon) : 0;
    private bool _hasReported;
    private Reading _last;
    private bool _hasPending;
    private Reading _pending;

    /// <summary>The last value reported, if any.</summary>
    public Reading? Last => _hasReported ? _last : null;

    /// <summary>Whether a value of this time shows that the clock was set back since the last one.</summary>
    public bool IsStepBack(long timestampMs) => _hasReported && timestampMs < _last.TimestampMs - StepBackMs;

    /// <summary>Forgets times, so that a new epoch may begin with earlier ones; the next value is reported whatever it is.</summary>
    public void Reset()
    {
        _hasReported = false;
        _hasPending = false;
    }

    /// <summary>Takes a raw value; true when it is worth reporting now.</summary>
    public bool Offer(in RawValue raw, out Reading reading)
    {
        reading = new Reading(raw.TimestampMs, raw.Value, QualityOf(raw));
        if (!_hasReported)
        {
            return Report(ref reading);
        }

        if (_debounceMs > 0 && reading.Quality == Quality.Good)
        {
            return Debounce(ref reading);
        }

        var changed = reading.Quality != _last.Quality
            || (point.Kind == PointKind.Digital ? reading.Value != _last.Value : Math.Abs(reading.Value - _last.Value) >= _leastChange);
        return (changed || reading.TimestampMs - _last.TimestampMs >= _silenceMs) && Report(ref reading);
    }

    /// <summary>A reading that became due by the passing of time alone: a change that has lasted, or a value repeated after a long silence.</summary>
    public bool Due(long nowMs, out Reading reading)
    {
        reading = _pending;
        if (_hasPending && nowMs - _pending.TimestampMs >= _debounceMs)
        {
            _hasPending = false;
            return Report(ref reading);
        }

        // A polled point is repeated by its next sample; only a pushed one is silent because nothing changes.
        reading = _last with { TimestampMs = nowMs };
        return _hasReported && point.Delivery == PointDelivery.Pushed && nowMs - _last.TimestampMs >= _silenceMs && Report(ref reading);
    }

    private bool Debounce(ref Reading reading)
    {
        var bounced = reading;
        reading = _pending;

        // The change before this value has lasted, though nobody asked in time.
        var due = _hasPending && bounced.TimestampMs - _pending.TimestampMs >= _debounceMs && Report(ref reading);
        _hasPending = !due && _hasPending;
        if (bounced.Value == _last.Value)
        {
            _hasPending = false;
        }
        else if (!_hasPending || _pending.Value != bounced.Value)
        {
            _hasPending = true;
            _pending = bounced;
        }

        return due;
    }

    private bool Report(ref Reading reading)
    {
        if (_hasReported && reading.TimestampMs <= _last.TimestampMs)
        {
            reading = reading with { TimestampMs = _last.TimestampMs + 1 };
        }

        _last = reading;
        _hasReported = true;
        return true;
    }

    private Quality QualityOf(in RawValue raw) => raw.Quality switch
    {
        RawQuality.Bad => Quality.BadSensor,
        RawQuality.Uncertain => Quality.Stale,
        _ => raw.Value < point.Minimum || raw.Value > point.Maximum ? Quality.OutOfRange : Quality.Good,
    };
}
