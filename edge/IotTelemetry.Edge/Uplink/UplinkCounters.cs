namespace IotTelemetry.Edge.Uplink;

/// <summary>What went over the uplink since the start; read from any thread.</summary>
internal sealed class UplinkCounters
{
    private long _framesSent;
    private long _connections;
    private long _resends;
    private long _deadLetters;

    public long FramesSent => Interlocked.Read(ref _framesSent);

    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>How often frames were sent again because the cursor stood still.</summary>
    public long Resends => Interlocked.Read(ref _resends);

    public long DeadLetters => Interlocked.Read(ref _deadLetters);

    internal void FrameSent() => Interlocked.Increment(ref _framesSent);

    internal void Connected() => Interlocked.Increment(ref _connections);

    internal void Resent() => Interlocked.Increment(ref _resends);

    internal void DeadLetter() => Interlocked.Increment(ref _deadLetters);
}
