namespace IotTelemetry.Broker.Connections;

/// <summary>
/// The outputs that a batch of packets has appended to and must flush at its end. One per thread: a batch is worked on without leaving its thread, and
/// flushes before it does.
/// </summary>
internal sealed class FlushList
{
    private const int FirstCapacity = 16;

    [ThreadStatic]
    private static FlushList? _current;

    private ConnectionOutput[] _outputs = new ConnectionOutput[FirstCapacity];
    private int _count;

    /// <summary>This thread's list.</summary>
    public static FlushList Current => _current ??= new FlushList();

    public void Add(ConnectionOutput output)
    {
        if (_count == _outputs.Length)
        {
            Array.Resize(ref _outputs, _count * 2);
        }

        _outputs[_count++] = output;
    }

    /// <summary>Flushes and forgets them all. Last in, first out, so that a flush which runs code that adds and flushes in turn does no harm.</summary>
    public void FlushAll()
    {
        while (_count > 0)
        {
            var output = _outputs[--_count];
            _outputs[_count] = null!;
            output.Flush();
        }
    }
}
