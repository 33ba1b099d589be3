namespace IotTelemetry.Cloud.Ingest;

/// <summary>The bytes that frames of all gateways may take while they wait for births. Thread-safe.</summary>
internal sealed class HeldRoom(IngestOptions options)
{
    private long _bytes;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= options.HeldBytes)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
