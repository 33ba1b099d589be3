namespace IotTelemetry.Hardware.Sensors;

/// <summary>Where the drivers' values go: the sink of the running agent, or nowhere while none runs. From any thread.</summary>
internal sealed class BoardSink : IRawValueSink
{
    private volatile IRawValueSink? _target;

    public IRawValueSink? Target
    {
        set => _target = value;
    }

    /// <inheritdoc/>
    public void Accept(in RawValue value) => _target?.Accept(value);

    /// <inheritdoc/>
    public void Alive(TimeSpan interval) => _target?.Alive(interval);
}
