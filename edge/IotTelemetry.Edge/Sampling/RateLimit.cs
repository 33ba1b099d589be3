namespace IotTelemetry.Edge.Sampling;

/// <summary>Lets at most one reading pass in an interval; of those that come sooner the newest waits for its end. Not thread-safe.</summary>
/// <param name="intervalMs">The interval; 0 lets everything pass.</param>
internal sealed class RateLimit(long intervalMs)
{
    private long? _passedMs;

    /// <summary>What waits for the interval to be over.</summary>
    public Reading? Waiting { get; private set; }

    /// <summary>True when the reading may go now; otherwise it waits, in place of any that waited.</summary>
    public bool Pass(in Reading reading, long nowMs)
    {
        if (intervalMs > 0 && nowMs - _passedMs < intervalMs)
        {
            Waiting = reading;
            return false;
        }

        _passedMs = nowMs;
        Waiting = null;
        return true;
    }

    /// <summary>Puts a newer reading in place of one that waits; false when none does.</summary>
    public bool Replace(in Reading reading)
    {
        if (Waiting is null)
        {
            return false;
        }

        Waiting = reading;
        return true;
    }

    /// <summary>Takes out what waits, once the interval is over.</summary>
    public bool TryTake(long nowMs, out Reading reading)
    {
        reading = Waiting.GetValueOrDefault();
        if (Waiting is null || nowMs - _passedMs < intervalMs)
        {
            return false;
        }

        Waiting = null;
        return true;
    }

    public void Reset()
    {
        _passedMs = null;
        Waiting = null;
    }
}
