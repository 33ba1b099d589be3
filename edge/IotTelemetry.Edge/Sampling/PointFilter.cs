using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Sampling;

/// <summary>
/// Report by exception for one point: debounce for digital values, deadband for analog ones, a maximum silence, a minimum interval and staleness for both. What it gives out has strictly
/// rising timestamps. Not thread-safe.
/// </summary>
internal sealed class PointFilter(BoardPoint point, PointRule rule)
{
    /// <summary>A clock that was set back by more than this is a step; less is the fine order of events within one burst.</summary>
    public const long StepBackMs = 1000;

    private readonly long _debounceMs = point.Kind == PointKind.Digital ? (long)rule.Debounce.TotalMilliseconds : 0;
    private readonly long _silenceMs = Milliseconds(rule.MaximumSilence);
    private readonly long _staleMs = Milliseconds(rule.StaleAfter);
    private readonly double _percent = rule.DeadbandPercent / 100 ?? 0;

    // No deadband reports every sample, a deadband of 0 every change.
    private readonly double _leastChange = rule.Deadband is null && rule.DeadbandPercent is null ? 0 : Math.Max(rule.Deadband ?? 0, double.Epsilon);
    private readonly RateLimit _rate = new((long)rule.MinimumInterval.TotalMilliseconds);
    private bool _hasReported;
    private Reading _last;
    private bool _hasPending;
    private Reading _pending;
    private long _heardMs;

    /// <summary>The last value reported, if any.</summary>
    public Reading? Last => _hasReported ? _last : null;

    /// <summary>Whether a value of this time shows that the clock was set back since the last one.</summary>
    public bool IsStepBack(long timestampMs) => _hasReported && timestampMs < _last.TimestampMs - StepBackMs;

    /// <summary>Forgets times, so that a new epoch may begin with earlier ones; the next value is reported whatever it is.</summary>
    public void Reset()
    {
        _hasReported = false;
        _hasPending = false;
        _rate.Reset();
    }

    /// <summary>Takes a raw value; true when it is worth reporting now.</summary>
    public bool Offer(in RawValue raw, out Reading reading)
    {
        reading = new Reading(raw.TimestampMs, raw.Value, QualityOf(raw));
        _heardMs = raw.TimestampMs;
        if (!_hasReported)
        {
            return Report(ref reading, raw.TimestampMs);
        }

        if (_debounceMs > 0 && reading.Quality == Quality.Good)
        {
            return Debounce(ref reading);
        }

        return (!_rate.Replace(reading) || _rate.TryTake(raw.TimestampMs, out reading)) && IsWorthReporting(reading) && Report(ref reading, raw.TimestampMs);
    }

    /// <summary>A reading that became due by the passing of time alone: a change that has lasted, one that waited for the rate limit, a value repeated after a long silence, or one gone stale.</summary>
    public bool Due(long nowMs, out Reading reading)
    {
        reading = _pending;
        if (_hasPending && nowMs - _pending.TimestampMs >= _debounceMs)
        {
            _hasPending = false;
            return Report(ref reading, nowMs);
        }

        if (_rate.TryTake(nowMs, out reading) && IsWorthReporting(reading))
        {
            return Report(ref reading, nowMs);
        }

        reading = _last with { TimestampMs = nowMs };
        if (!_hasReported)
        {
            return false;
        }

        if (nowMs - _heardMs >= _staleMs && _last.Quality is Quality.Good or Quality.UncertainClock or Quality.OutOfRange)
        {
            reading = reading with { Quality = Quality.Stale };
            return Report(ref reading, nowMs);
        }

        // A polled point is repeated by its next sample; only a pushed one is silent because nothing changes.
        return point.Delivery == PointDelivery.Pushed && nowMs - _last.TimestampMs >= _silenceMs && Report(ref reading, nowMs);
    }

    /// <summary>What still waits for the rate limit, when nothing more will come.</summary>
    public bool Flush(out Reading reading) => _rate.TryTake(long.MaxValue, out reading) && IsWorthReporting(reading) && Report(ref reading, long.MaxValue);

    private bool Debounce(ref Reading reading)
    {
        var bounced = reading;
        reading = _pending;

        // The change before this value has lasted, though nobody asked in time.
        var due = _hasPending && bounced.TimestampMs - _pending.TimestampMs >= _debounceMs;
        var reported = due && Report(ref reading, bounced.TimestampMs);
        _hasPending = !due && _hasPending;
        if (bounced.Value == (_rate.Waiting ?? _last).Value)
        {
            _hasPending = false;
        }
        else if (!_hasPending || _pending.Value != bounced.Value)
        {
            _hasPending = true;
            _pending = bounced;
        }

        return reported;
    }

    private bool IsWorthReporting(in Reading reading) => reading.Quality != _last.Quality
        || (point.Kind == PointKind.Digital
            ? reading.Value != _last.Value
            : Math.Abs(reading.Value - _last.Value) >= Math.Max(_leastChange, _percent * Math.Abs(_last.Value)))
        || reading.TimestampMs - _last.TimestampMs >= _silenceMs;

    private bool Report(ref Reading reading, long nowMs)
    {
        if (!_rate.Pass(reading, nowMs))
        {
            return false;
        }

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
        _ when raw.Value < point.Minimum || raw.Value > point.Maximum => Quality.OutOfRange,
        RawQuality.Uncertain => Quality.Stale,
        _ => Quality.Good,
    };

    private static long Milliseconds(TimeSpan? span) => span is { } given ? (long)given.TotalMilliseconds : long.MaxValue;
}
