namespace IotTelemetry.Edge.Uplink;

/// <summary>A token bucket of bytes that holds a quarter of a second. Not thread-safe.</summary>
internal sealed class RateBudget(long bytesPerSecond, TimeProvider time)
{
    private readonly double _capacity = bytesPerSecond / 4.0;
    private double _tokens = bytesPerSecond / 4.0;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Whether something may be sent now. A frame larger than the bucket goes into debt, so none is too large.</summary>
    public bool HasBudget()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * bytesPerSecond));
        _filledAt = now;
        return _tokens > 0;
    }

    public void Spend(int bytes) => _tokens -= bytes;
}
