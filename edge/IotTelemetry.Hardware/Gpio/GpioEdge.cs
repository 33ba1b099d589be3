namespace IotTelemetry.Hardware.Gpio;

/// <summary>One edge as the kernel saw it.</summary>
/// <param name="Line">The line's index in its request.</param>
/// <param name="Value">The logical value after the edge: true for a rising edge of the logical value (active-low is already applied).</param>
/// <param name="TimestampNs">Nanoseconds on the request's event clock.</param>
/// <param name="Lost">Edges of this line that were lost before this one, by its sequence number.</param>
public readonly record struct GpioEdge(int Line, bool Value, long TimestampNs, uint Lost);
