namespace IotTelemetry.Broker;

/// <summary>Takes publishes inside the broker's process. Registered with <see cref="MqttBroker.AddHandler"/>.</summary>
public interface IMqttPublishHandler
{
    /// <summary>
    /// Called for every publish whose topic matches, in order per connection, on that connection's read loop; calls for different connections run at the
    /// same time. Until the returned task completes the connection is not read further, so a handler that is slow holds up its own client only.
    /// </summary>
    /// <param name="publish">The publish. It and its memory are valid only until the returned task completes.</param>
    /// <param name="connectionClosed">Cancelled when the connection is gone.</param>
    /// <returns>
    /// Completes when the handler is done with the publish's memory. An exception is counted, logged once per handler and answered with 0x83
    /// (implementation specific error); in MQTT 3.1.1, which has no reason codes, the connection is closed so that the client sends again.
    /// </returns>
    ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed);
}
