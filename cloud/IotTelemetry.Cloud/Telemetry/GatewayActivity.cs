namespace IotTelemetry.Cloud.Telemetry;

/// <summary>What one gateway did since it was last asked. Counted by the batch writer, taken by the sampler. Thread-safe.</summary>
internal sealed class GatewayActivity
{
    private long _frames;
    private long _bytes;
    private long _rejects;
    private long _lagMs;

    public void FrameStored(int bytes, long lagMs)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Exchange(ref _lagMs, Math.Max(lagMs, 0));
    }

    public void MessageRejected() => Interlocked.Increment(ref _rejects);

    /// <summary>A metric's value; it begins anew.</summary>
    public long Take(ActivityMetric metric) => Interlocked.Exchange(ref Field(metric), 0);

    private ref long Field(ActivityMetric metric)
    {
        switch (metric)
        {
            case ActivityMetric.Frames:
                return ref _frames;
            case ActivityMetric.Bytes:
                return ref _bytes;
            case ActivityMetric.Rejects:
                return ref _rejects;
            default:
                return ref _lagMs;
        }
    }
}
