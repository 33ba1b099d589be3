namespace IotTelemetry.Hardware;

/// <summary>How far a driver trusts a value.</summary>
public enum RawQuality : byte
{
    /// <summary>Read without objection.</summary>
    Good,

    /// <summary>Read, but the driver has a reason to doubt it: out of range, stale, lost events.</summary>
    Uncertain,

    /// <summary>The sensor did not answer or is known to be wrong; the value is the last one known.</summary>
    Bad,
}
