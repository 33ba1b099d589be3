using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>
/// A publish as an in-process handler sees it. One object per connection, used again for the next publish: it and its memory are valid only until the task
/// that <see cref="IMqttPublishHandler.HandleAsync"/> returned completes. Not thread-safe; the <see cref="MqttDeferredAcknowledgement"/> it gives is.
/// </summary>
public sealed class MqttInboundPublish
{
    internal MqttInboundPublish(MqttClientInfo client) => Client = client;

    /// <summary>The client that published.</summary>
    public MqttClientInfo Client { get; }

    /// <summary>The topic in UTF-8; a topic alias is already replaced.</summary>
    public ReadOnlyMemory<byte> TopicUtf8 { get; internal set; }

    /// <summary>The application message.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal set; }

    /// <summary>The quality of service the client published with.</summary>
    public MqttQualityOfService QualityOfService { get; internal set; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; internal set; }

    /// <summary>The DUP flag: the client says it may have sent this before.</summary>
    public bool Duplicate { get; internal set; }

    /// <summary>
    /// The reason code of the acknowledgement when the handler returns without deferring it; Success unless set. A failure (0x80 and above) also keeps
    /// the message from subscribers and from being retained. Ignored for QoS 0 otherwise, and in MQTT 3.1.1 a failure is acknowledged all the same.
    /// </summary>
    public MqttReasonCode ReasonCode { get; set; }

    /// <summary>
    /// Takes the acknowledgement out of the broker's hands: it goes out when <see cref="MqttDeferredAcknowledgement.Complete"/> is called, in the order
    /// MQTT demands. For QoS 0 the result is inert. Does not allocate.
    /// </summary>
    public MqttDeferredAcknowledgement DeferAcknowledgement() => throw new NotImplementedException();
}
