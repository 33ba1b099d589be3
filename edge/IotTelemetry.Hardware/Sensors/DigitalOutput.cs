namespace IotTelemetry.Hardware.Sensors;

/// <summary>Sets one line and reports what it was set to.</summary>
internal sealed class DigitalOutput(DigitalPoint point, string use, BoardLine line, TimeProvider time, Action<bool>? commanded = null) : IOutput
{
    /// <inheritdoc/>
    public void Write(double value)
    {
        if (value is not (0 or 1))
        {
            throw new ArgumentException($"{use} must be 0 or 1, not {value}", nameof(value));
        }

        line.Set(value == 1);
        commanded?.Invoke(value == 1);
        point.OnHeld(value == 1, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
