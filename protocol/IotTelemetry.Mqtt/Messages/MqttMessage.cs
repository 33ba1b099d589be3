namespace IotTelemetry.Mqtt;

/// <summary>
/// An application message to publish. A value: building one costs no allocation. Give the topic as <see cref="Topic"/> or, on a hot path,
/// already encoded as <see cref="TopicUtf8"/>. The memory must not change until the publish has completed.
/// </summary>
public readonly record struct MqttMessage
{
    /// <summary>The topic name: no wildcards, not empty, at most 65,535 bytes of UTF-8. Ignored when <see cref="TopicUtf8"/> is set.</summary>
    public string? Topic { get; init; }

    /// <summary>The topic name as UTF-8; takes precedence over <see cref="Topic"/>.</summary>
    public ReadOnlyMemory<byte> TopicUtf8 { get; init; }

    /// <summary>The application's bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Delivery guarantee; QoS 0 when not set.</summary>
    public MqttQualityOfService QualityOfService { get; init; }

    /// <summary>Asks the server to keep this message for later subscribers of the topic; an empty payload clears it.</summary>
    public bool Retain { get; init; }

    /// <summary>True if the payload is UTF-8 text (payload format indicator 1). MQTT 5.0 only.</summary>
    public bool PayloadIsUtf8 { get; init; }

    /// <summary>
    /// How long the message is worth delivering, in whole seconds up to 4,294,967,295. Time spent waiting in the client is subtracted; a message
    /// that expires before it was sent is not sent. MQTT 5.0 only on the wire.
    /// </summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>Where an answer is expected. MQTT 5.0 only.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Identifies the request an answer belongs to. MQTT 5.0 only; empty means absent.</summary>
    public ReadOnlyMemory<byte> CorrelationData { get; init; }

    /// <summary>A MIME type or any other description of the payload. MQTT 5.0 only.</summary>
    public string? ContentType { get; init; }

    /// <summary>Names and values for the application, in order. MQTT 5.0 only.</summary>
    public IReadOnlyList<MqttUserProperty>? UserProperties { get; init; }
}
