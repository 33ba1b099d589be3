namespace IotTelemetry.Edge.Sampling;

/// <summary>How the reads of one polled point go. Thread-safe.</summary>
internal sealed class PointReads
{
    /// <summary>So many quick reads in a row make a slow point an ordinary one again.</summary>
    private const int QuickReadsWanted = 10;

    private readonly Lock _gate = new();
    private long _since;
    private bool _isOut;
    private bool _isHanging;
    private int _quickReads;
    private int _failures;
    private volatile bool _isSlow;

    /// <summary>The point has blocked others and is read apart.</summary>
    public bool IsSlow => _isSlow;

    public void Begin(long now)
    {
        lock (_gate)
        {
            _since = now;
            _isOut = true;
        }
    }

    /// <summary>The read came back with a value.</summary>
    /// <param name="isQuick">Whether it would have held nobody up.</param>
    /// <returns>How often in a row the point had failed before.</returns>
    public int Succeed(bool isQuick)
    {
        lock (_gate)
        {
            var failures = _failures;
            _failures = 0;
            _quickReads = isQuick ? _quickReads + 1 : 0;
            _isSlow &= _quickReads < QuickReadsWanted;
            _isOut = _isHanging = false;
            return failures;
        }
    }

    /// <summary>The read came back with an error, or did not come back in time, which is told once.</summary>
    /// <returns>How often in a row the point has failed now.</returns>
    public int Fail()
    {
        lock (_gate)
        {
            _failures += _isHanging ? 0 : 1;
            _isOut = _isHanging = false;
            return _failures;
        }
    }

    public void BecomeSlow()
    {
        lock (_gate)
        {
            _quickReads = 0;
            _isSlow = true;
        }
    }

    /// <summary>True, once for each read, when it has been out for longer than <paramref name="limit"/>; it counts as a failure then.</summary>
    public bool BeginsToHang(TimeProvider time, TimeSpan limit)
    {
        lock (_gate)
        {
            if (!_isOut || _isHanging || time.GetElapsedTime(_since) < limit)
            {
                return false;
            }

            _isHanging = true;
            _failures++;
            return true;
        }
    }
}
