using IotTelemetry.Broker.Connections;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker;

/// <summary>
/// A publish as an in-process handler sees it. One object per connection, used again for the next publish: it and its memory are valid only until the task
/// that <see cref="IMqttPublishHandler.HandleAsync"/> returned completes. Not thread-safe; the <see cref="MqttDeferredAcknowledgement"/> it gives is.
/// </summary>
public sealed class MqttInboundPublish
{
    private readonly PublishIntake? _intake;

    internal MqttInboundPublish(MqttClientInfo client, PublishIntake? intake)
    {
        Client = client;
        _intake = intake;
    }

    /// <summary>The client that published; for a Will, the client whose Will it is.</summary>
    public MqttClientInfo Client { get; }

    /// <summary>The topic in UTF-8; a topic alias is already replaced.</summary>
    public ReadOnlyMemory<byte> TopicUtf8 { get; internal set; }

    /// <summary>The application message.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal set; }

    /// <summary>The MQTT 5 properties, decoded as they are asked for; none in MQTT 3.1.1.</summary>
    public MqttProperties Properties { get; internal set; }

    /// <summary>The quality of service the client published with.</summary>
    public MqttQualityOfService QualityOfService { get; internal set; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; internal set; }

    /// <summary>The DUP flag: the client says it may have sent this before.</summary>
    public bool Duplicate { get; internal set; }

    /// <summary>
    /// The reason code of the acknowledgement when the handler returns without deferring it; Success unless set. A failure (0x80 and above) also keeps
    /// the message from subscribers and from being retained. QoS 0 has no acknowledgement; in MQTT 3.1.1, which has no reason codes, a failure is treated as
    /// <see cref="MqttDeferredAcknowledgement.Complete"/> says.
    /// </summary>
    public MqttReasonCode ReasonCode { get; set; }

    /// <summary>
    /// Takes the acknowledgement out of the broker's hands: it goes out when <see cref="MqttDeferredAcknowledgement.Complete"/> is called, in the order
    /// MQTT demands. For QoS 0 and for a Will the result is inert. Does not allocate.
    /// </summary>
    public MqttDeferredAcknowledgement DeferAcknowledgement() => _intake?.Defer() ?? default;
}
