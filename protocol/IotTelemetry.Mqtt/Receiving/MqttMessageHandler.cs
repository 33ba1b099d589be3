namespace IotTelemetry.Mqtt;

/// <summary>
/// Takes the messages of one subscription, one at a time, in order. The message's memory is valid until the returned task completes.
/// An exception is logged and counted, and does not stop the subscription. A handler that takes long must await, not block: the acknowledgements of the
/// messages just before it (at most 64) leave when it returns its task.
/// </summary>
/// <param name="message">The message.</param>
/// <param name="cancellationToken">Cancelled when the subscription or the client ends.</param>
public delegate ValueTask MqttMessageHandler(MqttReceivedMessage message, CancellationToken cancellationToken);
