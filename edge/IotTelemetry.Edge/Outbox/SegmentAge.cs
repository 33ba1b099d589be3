namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// How old a segment is. What this process appended is measured on the monotonic clock. For what it found, the file's time has to do; but a clock that was wrong then or is wrong now must not
/// throw a backlog away.
/// </summary>
internal sealed class SegmentAge(TimeProvider time)
{
    /// <summary>How long after the start the clock may take to become right.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    /// <summary>A file older than this was written under a wrong clock, or is looked at under one.</summary>
    private static readonly TimeSpan Unbelievable = TimeSpan.FromDays(3650);

    private readonly long _startedAt = time.GetTimestamp();

    public TimeSpan Of(Segment segment)
    {
        if (segment.AppendedAt != 0)
        {
            return time.GetElapsedTime(segment.AppendedAt);
        }

        var here = time.GetElapsedTime(_startedAt);
        var age = time.GetUtcNow() - segment.LastAppended;
        return here < Settling || age < here || age > Unbelievable ? here : age;
    }
}
