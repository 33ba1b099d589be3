namespace IotTelemetry.Mqtt;

/// <summary>
/// A received QoS 2 message between its first PUBLISH and its PUBREL: kept over connections, so that the message reaches the handlers once (section 4.3.3).
/// </summary>
internal sealed class Qos2Receipt(long generation, ulong pending)
{
    /// <summary>Tells this message from an earlier one with the same identifier.</summary>
    public long Generation { get; } = generation;

    /// <summary>Handlers that are not done.</summary>
    public ulong Pending { get; set; } = pending;

    /// <summary>What the handlers said.</summary>
    public MqttReasonCode Reason { get; set; }

    /// <summary>The window the PUBREC is due in.</summary>
    public required IncomingWindow Window { get; set; }

    /// <summary>The place in that window.</summary>
    public required long Sequence { get; set; }
}
