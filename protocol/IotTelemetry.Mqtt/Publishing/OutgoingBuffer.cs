using System.Buffers;

namespace IotTelemetry.Mqtt;

/// <summary>
/// Two buffers: publishers encode into one under the client's lock while the writer sends the other. Batching so costs nothing when idle and grows by
/// itself under load. Not thread-safe; every member is called under the client's lock, only the memory from <see cref="Swap"/> is read outside it.
/// </summary>
internal sealed class OutgoingBuffer(int limit) : IBufferWriter<byte>
{
    private const int InitialSize = 2048;

    private byte[] _filling = new byte[InitialSize];
    private byte[] _sending = new byte[InitialSize];

    /// <summary>Bytes waiting for the writer.</summary>
    public int Count { get; private set; }

    /// <summary>True while another packet may be encoded. One packet may go beyond the limit, so that any packet fits at some time.</summary>
    public bool HasRoom => Count < limit;

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _filling.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _filling.AsSpan(Count);
    }

    /// <summary>The bytes written since <paramref name="start"/>; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSince(int start) => _filling.AsSpan(start, Count - start);

    /// <summary>Hands over what has been encoded; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Swap()
    {
        var count = Count;
        var full = _filling;
        _filling = _sending.Length > 2 * limit ? new byte[InitialSize] : _sending;
        _sending = full;
        Count = 0;
        return full.AsMemory(0, count);
    }

    private void Reserve(int sizeHint)
    {
        var needed = Count + Math.Max(sizeHint, 1);
        if (needed > _filling.Length)
        {
            Array.Resize(ref _filling, Math.Max(needed, _filling.Length * 2));
        }
    }
}
