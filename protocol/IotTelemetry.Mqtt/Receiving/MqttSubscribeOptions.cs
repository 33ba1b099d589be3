namespace IotTelemetry.Mqtt;

/// <summary>How a subscription is made and served.</summary>
public sealed record MqttSubscribeOptions
{
    /// <summary>The highest quality of service wanted.</summary>
    public MqttQualityOfService MaximumQualityOfService { get; init; } = MqttQualityOfService.AtLeastOnce;

    /// <summary>Do not receive what this client publishes. MQTT 5.0 only; not with shared subscriptions.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Keep the retain flag as published. MQTT 5.0 only.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Which retained messages to receive at first. MQTT 5.0 only.</summary>
    public MqttRetainHandling RetainHandling { get; init; }

    /// <summary>When messages are acknowledged.</summary>
    public MqttAcknowledgementMode Acknowledgement { get; init; }

    /// <summary>
    /// Messages that may wait for the handler. Beyond it QoS 0 messages are dropped and counted, and QoS 1 and 2 messages are not acknowledged, so that
    /// Receive Maximum holds the server back.
    /// </summary>
    public int QueueCapacity { get; init; } = 4096;

    /// <summary>Bytes of messages that may wait for the handler; beyond it the same happens as beyond <see cref="QueueCapacity"/>.</summary>
    public int QueueCapacityBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>User properties of SUBSCRIBE. MQTT 5.0 only.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}
