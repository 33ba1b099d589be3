namespace IotTelemetry.Broker.Limits;

/// <summary>
/// An average rate with a burst. Spending may go below zero; the answer is how long to wait until the balance is zero again, so one large packet is
/// let through and paid for afterwards. Not thread-safe.
/// </summary>
internal struct TokenBucket
{
    private const double MillisecondsPerSecond = 1000;

    private readonly double _perMillisecond;
    private readonly double _burst;
    private double _tokens;
    private long _updatedAt;

    /// <param name="perSecond">Tokens per second; 0 for no limit.</param>
    /// <param name="burst">Tokens that gather while nothing is spent.</param>
    /// <param name="now">The broker's clock, milliseconds.</param>
    public TokenBucket(double perSecond, double burst, long now)
    {
        _perMillisecond = perSecond / MillisecondsPerSecond;
        _burst = burst;
        _tokens = burst;
        _updatedAt = now;
    }

    /// <summary>Spends tokens and says how many milliseconds to wait before the next are spent; 0 to go on.</summary>
    public long Spend(double tokens, long now)
    {
        if (_perMillisecond <= 0)
        {
            return 0;
        }

        // A clock that is set back gives nothing and takes nothing.
        _tokens = Math.Min(_burst, _tokens + (Math.Max(0, now - _updatedAt) * _perMillisecond)) - tokens;
        _updatedAt = now;
        return _tokens >= 0 ? 0 : (long)Math.Ceiling(-_tokens / _perMillisecond);
    }

    /// <summary>Gives back what was spent in vain.</summary>
    public void Refund(double tokens) => _tokens = Math.Min(_burst, _tokens + tokens);
}
