namespace IotTelemetry.Hardware.Sensors;

/// <summary>For a line that is no point, such as a trigger.</summary>
internal sealed class IgnoredLine : ILineHandler
{
    /// <inheritdoc/>
    public void OnHeld(bool value, long timestampMs)
    {
    }

    /// <inheritdoc/>
    public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost)
    {
    }

    /// <inheritdoc/>
    public void OnReleased(long timestampMs)
    {
    }
}
