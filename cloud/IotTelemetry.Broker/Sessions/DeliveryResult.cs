namespace IotTelemetry.Broker.Sessions;

/// <summary>What became of a PUBLISH given to a connection.</summary>
internal enum DeliveryResult : byte
{
    /// <summary>It is in the connection's output.</summary>
    Written,

    /// <summary>The output is full or closed.</summary>
    Full,

    /// <summary>It is larger than the client's maximum packet size ([MQTT-3.1.2-24]); it will never fit.</summary>
    TooLarge,

    /// <summary>It expired before it was sent ([MQTT-3.3.2-5]).</summary>
    Expired,
}
