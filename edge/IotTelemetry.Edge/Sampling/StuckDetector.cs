using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Sampling;

/// <summary>Notices a sensor whose raw value has not changed at all for too long. Not thread-safe.</summary>
internal sealed class StuckDetector(TimeSpan after)
{
    private readonly long _afterMs = (long)after.TotalMilliseconds;
    private double _value = double.NaN;
    private long _sinceMs;

    /// <summary>Whether the value is the same, to the last bit, as it has been for the whole time. A value the driver calls bad is none.</summary>
    public bool IsStuck(in RawValue raw)
    {
        if (raw.Quality == RawQuality.Bad)
        {
            return false;
        }

        // A clock that was set back starts the time anew.
        if (raw.Value != _value || raw.TimestampMs < _sinceMs)
        {
            _value = raw.Value;
            _sinceMs = raw.TimestampMs;
        }

        return raw.TimestampMs - _sinceMs >= _afterMs;
    }
}
