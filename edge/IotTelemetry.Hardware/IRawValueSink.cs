namespace IotTelemetry.Hardware;

/// <summary>Takes what drivers yield. Implementations are safe to call from several threads.</summary>
public interface IRawValueSink
{
    /// <summary>Takes one value. Must be quick: an edge-triggered driver calls it on the loop that empties the kernel's event buffer.</summary>
    void Accept(in RawValue value);

    /// <summary>The board's own loop has come round and will be back within <paramref name="interval"/>, whether there are values or not; a board without a loop of its own never says so.</summary>
    void Alive(TimeSpan interval)
    {
    }
}
