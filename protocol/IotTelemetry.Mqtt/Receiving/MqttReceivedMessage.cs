using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// A received message: a view, valid until its handler's task completes; copy what must live longer. <see cref="Acknowledge"/> may be called later.
/// </summary>
public readonly struct MqttReceivedMessage
{
    private readonly MqttClient? _client;
    private readonly long _acknowledgement;
    private readonly MqttPublishPacket _packet;

    internal MqttReceivedMessage(in MqttPublishPacket packet, MqttClient? client, long acknowledgement)
    {
        _packet = packet;
        _client = client;
        _acknowledgement = acknowledgement;
    }

    /// <summary>The topic name, decoded: each call allocates a string.</summary>
    public string Topic => Encoding.UTF8.GetString(_packet.Topic.Span);

    /// <summary>The topic name as UTF-8.</summary>
    public ReadOnlyMemory<byte> TopicUtf8 => _packet.Topic;

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload => _packet.Payload;

    /// <summary>The quality of service it was delivered with.</summary>
    public MqttQualityOfService QualityOfService => _packet.QualityOfService;

    /// <summary>True for a retained message sent because of the subscription.</summary>
    public bool Retain => _packet.Retain;

    /// <summary>True if the server may have sent it before.</summary>
    public bool Duplicate => _packet.Duplicate;

    /// <summary>All properties, undecoded.</summary>
    public MqttProperties Properties => _packet.Properties;

    /// <summary>True if the payload is UTF-8 text.</summary>
    public bool PayloadIsUtf8 => Properties.GetNumber(MqttPropertyId.PayloadFormatIndicator) == 1;

    /// <summary>The remaining life of the message, or null.</summary>
    public TimeSpan? MessageExpiry => Properties.GetNumber(MqttPropertyId.MessageExpiryInterval) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Where an answer is expected, or null.</summary>
    public string? ResponseTopic => Properties.GetString(MqttPropertyId.ResponseTopic);

    /// <summary>Identifies the request; empty when absent.</summary>
    public ReadOnlyMemory<byte> CorrelationData => Properties.GetBytes(MqttPropertyId.CorrelationData) ?? default;

    /// <summary>The description of the payload, or null.</summary>
    public string? ContentType => Properties.GetString(MqttPropertyId.ContentType);

    /// <summary>The user properties in order, decoded.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties => Properties.GetUserProperties();

    /// <summary>
    /// The answer to this message as a request: to its response topic, with its correlation data, in its quality of service. Publish it before the
    /// handler's task completes: it refers to this message's memory.
    /// </summary>
    /// <exception cref="InvalidOperationException">The message has no response topic.</exception>
    public MqttMessage CreateResponse(ReadOnlyMemory<byte> payload) => new()
    {
        Topic = ResponseTopic ?? throw new InvalidOperationException($"The message on '{Topic}' asks for no response."),
        Payload = payload,
        QualityOfService = QualityOfService,
        CorrelationData = CorrelationData,
    };

    /// <summary>
    /// Acknowledges a QoS 1 or 2 message of a subscription with manual acknowledgement; thread-safe, may be called after the handler has returned.
    /// A reason from 0x80 up refuses the message (MQTT 5.0). Does nothing for QoS 0, for other subscriptions, the second time, or when the
    /// connection it came over is gone (the server then sends it again).
    /// </summary>
    public void Acknowledge(MqttReasonCode reason = MqttReasonCode.Success) => _client?.Acknowledge(_acknowledgement, reason);

    /// <summary>The right to <see cref="Acknowledge"/> later, apart from the message: it keeps none of the message's memory alive.</summary>
    public MqttPendingAcknowledgement PendingAcknowledgement => new(_client, _acknowledgement);
}
