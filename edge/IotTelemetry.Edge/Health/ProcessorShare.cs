namespace IotTelemetry.Edge.Health;

/// <summary>The processor time that this process used since the last look, in percent of one core. One caller at a time.</summary>
internal sealed class ProcessorShare(TimeProvider time)
{
    private long _at = time.GetTimestamp();
    private TimeSpan _used = Environment.CpuUsage.TotalTime;

    public double Percent()
    {
        var (now, used) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var elapsed = time.GetElapsedTime(_at, now);
        var percent = elapsed > TimeSpan.Zero ? 100 * ((used - _used) / elapsed) : 0;
        (_at, _used) = (now, used);
        return percent;
    }
}
