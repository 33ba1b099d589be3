namespace IotTelemetry.Cloud.Telemetry;

/// <summary>What gateways are ranked by in <c>internal_telemetry</c>.</summary>
internal enum ActivityMetric
{
    /// <summary>Frames stored since the last sample.</summary>
    Frames,

    /// <summary>Bytes of these frames on the wire.</summary>
    Bytes,

    /// <summary>Messages that went to rejects since the last sample.</summary>
    Rejects,

    /// <summary>From the closing of the last frame stored to its storing, milliseconds.</summary>
    LagMs,
}
