namespace IotTelemetry.Hardware.Sensors;

/// <summary>Takes what happens to one GPIO line. Called on the board's loop.</summary>
internal interface ILineHandler
{
    /// <summary>The line is ours, with this value now.</summary>
    void OnHeld(bool value, long timestampMs);

    /// <summary>The value changed.</summary>
    /// <param name="value">The logical value from now on.</param>
    /// <param name="timestampNs">Nanoseconds on the board's event clock: for distances between edges.</param>
    /// <param name="timestampMs">The same moment as a real time, Unix milliseconds.</param>
    /// <param name="lost">Edges of this line that the kernel dropped before this one.</param>
    void OnEdge(bool value, long timestampNs, long timestampMs, uint lost);

    /// <summary>The line is not ours, or no more; <paramref name="timestampMs"/> is when that was noticed.</summary>
    void OnReleased(long timestampMs);
}
