using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>A reading as the live state has it.</summary>
/// <param name="TsMs">When it was taken, by the gateway's clock, Unix milliseconds.</param>
/// <param name="ReceivedAtMs">When the cloud received it, Unix milliseconds.</param>
/// <param name="Number">The value; 0 or 1 for booleans, 0 for texts.</param>
/// <param name="Text">The value of a text point, otherwise null.</param>
/// <param name="Quality">How far it may be trusted.</param>
/// <param name="Epoch">The epoch of its frame.</param>
internal readonly record struct LiveValue(long TsMs, long ReceivedAtMs, double Number, string? Text, Quality Quality, ulong Epoch)
{
    /// <summary>
    /// The time that decides which of two readings is newer, and how old one is: its own, but never later than it was received. So a gateway whose clock ran ahead does not
    /// hide what it measures after the clock was corrected.
    /// </summary>
    public long OrderMs => Math.Min(TsMs, ReceivedAtMs);

    /// <summary>
    /// When the reading was taken at the latest, as far as that is known: a time that is still a guess says nothing, so then it is when the reading was received.
    /// </summary>
    public long KnownAtMs => Quality == Quality.UncertainClock ? ReceivedAtMs : OrderMs;

    /// <summary>False when the value says nothing: the sensor failed.</summary>
    public bool IsUsable => Quality is not Quality.BadSensor;
}
