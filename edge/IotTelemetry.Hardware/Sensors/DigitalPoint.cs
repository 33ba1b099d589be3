namespace IotTelemetry.Hardware.Sensors;

/// <summary>A line whose value is a point's value.</summary>
internal sealed class DigitalPoint(int point, IRawValueSink sink) : ILineHandler
{
    private volatile bool _value;

    /// <inheritdoc/>
    public void OnHeld(bool value, long timestampMs) => Deliver(value, timestampMs, RawQuality.Good);

    /// <inheritdoc/>
    public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost) => Deliver(value, timestampMs, lost == 0 ? RawQuality.Good : RawQuality.Uncertain);

    /// <inheritdoc/>
    public void OnReleased(long timestampMs) => Deliver(_value, timestampMs, RawQuality.Bad);

    private void Deliver(bool value, long timestampMs, RawQuality quality)
    {
        _value = value;
        sink.Accept(new RawValue(point, timestampMs, value ? 1 : 0, quality));
    }
}
