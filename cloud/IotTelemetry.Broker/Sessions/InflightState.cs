namespace IotTelemetry.Broker.Sessions;

/// <summary>Where a QoS 1 or QoS 2 message to a client stands (MQTT 5.0 section 4.3).</summary>
internal enum InflightState : byte
{
    /// <summary>The slot is not used.</summary>
    Free,

    /// <summary>PUBLISH is sent; PUBACK ends it, PUBREC takes it further.</summary>
    AwaitingAcknowledgement,

    /// <summary>PUBREL is sent; PUBCOMP ends it. The message itself is no longer needed.</summary>
    AwaitingCompletion,
}
