namespace IotTelemetry.Broker.Sessions;

/// <summary>A ring of waiting messages that knows how many bytes it holds. Grows and shrinks by doubling. Not thread-safe: the session's lock guards it.</summary>
internal sealed class MessageQueue
{
    private const int FirstCapacity = 8;

    private OutboundMessage[] _ring = new OutboundMessage[FirstCapacity];
    private int _head;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public void Enqueue(in OutboundMessage outbound)
    {
        if (Count == _ring.Length)
        {
            Resize(_ring.Length * 2);
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = outbound;
        Count++;
        Bytes += outbound.Message.Size;
    }

    public ref readonly OutboundMessage Peek() => ref _ring[_head];

    public OutboundMessage Dequeue()
    {
        var outbound = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        Bytes -= outbound.Message.Size;
        if (_ring.Length > FirstCapacity && Count <= _ring.Length / 8)
        {
            Resize(_ring.Length / 2);
        }

        return outbound;
    }

    private void Resize(int capacity)
    {
        var ring = new OutboundMessage[capacity];
        for (var i = 0; i < Count; i++)
        {
            ring[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = ring;
        _head = 0;
    }
}
