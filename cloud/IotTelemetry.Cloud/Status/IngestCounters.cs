namespace IotTelemetry.Cloud.Status;

/// <summary>What ingest has done since the start. Thread-safe.</summary>
internal sealed class IngestCounters
{
    private long _framesReceived;
    private long _readingsReceived;
    private long _framesStored;
    private long _rowsStored;
    private long _framesDuplicate;
    private long _framesRejected;
    private long _framesRefused;
    private long _framesMissing;
    private long _framesInFlight;
    private long _batchesStored;
    private long _birthsReceived;

    /// <summary>Messages on telemetry topics, repeats and refused ones too; not positions.</summary>
    public long FramesReceived => Volatile.Read(ref _framesReceived);

    /// <summary>Readings in frames that were accepted, each once.</summary>
    public long ReadingsReceived => Volatile.Read(ref _readingsReceived);

    public long FramesStored => Volatile.Read(ref _framesStored);

    public long RowsStored => Volatile.Read(ref _rowsStored);

    /// <summary>Frames that came again and were dropped.</summary>
    public long FramesDuplicate => Volatile.Read(ref _framesDuplicate);

    /// <summary>Frames and other messages that went to <c>rejects</c>.</summary>
    public long FramesRejected => Volatile.Read(ref _framesRejected);

    /// <summary>Frames that were not taken for now: one before it is missing, no room to wait for a birth, or a look-up that failed. The gateway keeps them.</summary>
    public long FramesRefused => Volatile.Read(ref _framesRefused);

    /// <summary>Frames that gateways say will never come: dropped by a full outbox, kept there as refused, or stored elsewhere.</summary>
    public long FramesMissing => Volatile.Read(ref _framesMissing);

    /// <summary>Frames accepted or held, and not stored yet.</summary>
    public long FramesInFlight => Volatile.Read(ref _framesInFlight);

    public long BatchesStored => Volatile.Read(ref _batchesStored);

    public long BirthsReceived => Volatile.Read(ref _birthsReceived);

    public void FrameReceived() => Interlocked.Increment(ref _framesReceived);

    /// <summary>A frame is on its way to the store, or waits for its birth.</summary>
    public void FrameTaken() => Interlocked.Increment(ref _framesInFlight);

    /// <summary>A frame that was taken could not be added before its connection went away: its gateway sends it again.</summary>
    public void FrameGivenUp() => Interlocked.Decrement(ref _framesInFlight);

    public void ReadingsTaken(int readings) => Interlocked.Add(ref _readingsReceived, readings);

    public void FrameRepeated() => Interlocked.Increment(ref _framesDuplicate);

    public void FrameRefused() => Interlocked.Increment(ref _framesRefused);

    public void FramesGivenUp(ulong frames) => Interlocked.Add(ref _framesMissing, (long)frames);

    public void MessageRejected() => Interlocked.Increment(ref _framesRejected);

    public void BirthReceived() => Interlocked.Increment(ref _birthsReceived);

    public void FrameSettled(bool rejected)
    {
        Interlocked.Decrement(ref _framesInFlight);
        if (!rejected)
        {
            Interlocked.Increment(ref _framesStored);
        }
    }

    public void BatchStored(int rows)
    {
        Interlocked.Increment(ref _batchesStored);
        Interlocked.Add(ref _rowsStored, rows);
    }
}
