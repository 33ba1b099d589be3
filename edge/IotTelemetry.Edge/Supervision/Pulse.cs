namespace IotTelemetry.Edge.Supervision;

/// <summary>One loop's word that it lives: each time it comes round it says when it will be back at the latest. Set by its loop, read from any thread.</summary>
internal sealed class Pulse(string name, TimeProvider time)
{
    private const long Resting = long.MaxValue;

    private long _dueAt = Resting;

    /// <summary>What the loop is called in the log.</summary>
    public string Name => name;

    /// <summary>How long ago the loop should have been back; zero when it is in time or rests.</summary>
    public TimeSpan Late
    {
        get
        {
            var dueAt = Volatile.Read(ref _dueAt);
            var now = time.GetTimestamp();
            return dueAt >= now ? TimeSpan.Zero : time.GetElapsedTime(dueAt, now);
        }
    }

    /// <summary>The loop lives and calls again within this time.</summary>
    public void BackWithin(TimeSpan interval) => Volatile.Write(ref _dueAt, time.GetTimestamp() + (long)(interval.TotalSeconds * time.TimestampFrequency));

    /// <summary>The loop has ended, or waits for somebody else, whose time-out is its own.</summary>
    public void Rest() => Volatile.Write(ref _dueAt, Resting);
}
