namespace IotTelemetry.Broker.Sessions;

/// <summary>Where a client's QoS 2 publish stands (MQTT 5.0 section 4.3.3).</summary>
internal enum InboundState : byte
{
    /// <summary>A handler has it and has not answered; PUBREC is not sent.</summary>
    WithHandler,

    /// <summary>As <see cref="WithHandler"/>, and the client has sent the publish again on a new connection, where PUBREC is to go.</summary>
    Repeated,

    /// <summary>PUBREC is sent; a repeat of the publish is answered and not delivered.</summary>
    Received,
}
