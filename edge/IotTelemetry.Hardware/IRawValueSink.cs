namespace IotTelemetry.Hardware;

/// <summary>Takes what drivers yield. Implementations are safe to call from several threads.</summary>
public interface IRawValueSink
{
    /// <summary>Takes one value. Must be quick: an edge-triggered driver calls it on the loop that empties the kernel's event buffer.</summary>
    void Accept(in RawValue value);
}
