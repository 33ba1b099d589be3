namespace IotTelemetry.Cloud.Door.Running;

/// <summary>What one statement has of the readers' memory, until it is disposed.</summary>
/// <param name="bytes">How much.</param>
/// <param name="memory">Where it goes back to.</param>
internal sealed class MemoryShare(long bytes, ReaderMemory memory) : IDisposable
{
    private bool _isReturned;

    public long Bytes => bytes;

    public void Dispose()
    {
        if (!_isReturned)
        {
            _isReturned = true;
            memory.Return(bytes);
        }
    }
}
