namespace IotTelemetry.Mqtt;

/// <summary>What the server said in its CONNACK, with the specification's defaults for what it left out (MQTT 5.0 section 3.2.2.3).</summary>
public sealed record MqttConnectionInfo
{
    /// <summary>True if the server resumed the session.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>The client identifier in use, given by this client or assigned by the server.</summary>
    public required string ClientId { get; init; }

    /// <summary>The client identifier the server assigned, or null.</summary>
    public string? AssignedClientId { get; init; }

    /// <summary>How long the server keeps the session; <see cref="TimeSpan.MaxValue"/> never expires.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>The keep-alive in force.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>The most QoS 1 and 2 messages this client may have unacknowledged.</summary>
    public int ReceiveMaximum { get; init; } = 65_535;

    /// <summary>The highest QoS the server accepts.</summary>
    public MqttQualityOfService MaximumQualityOfService { get; init; } = MqttQualityOfService.ExactlyOnce;

    /// <summary>True if the server keeps retained messages.</summary>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>The largest packet the server accepts, in bytes.</summary>
    public int MaximumPacketSize { get; init; } = 268_435_460;

    /// <summary>The most topic aliases the server accepts.</summary>
    public int TopicAliasMaximum { get; init; }

    /// <summary>True if filters may have wildcards.</summary>
    public bool WildcardSubscriptionAvailable { get; init; } = true;

    /// <summary>True if subscriptions may carry an identifier.</summary>
    public bool SubscriptionIdentifierAvailable { get; init; } = true;

    /// <summary>True if the server has shared subscriptions.</summary>
    public bool SharedSubscriptionAvailable { get; init; } = true;

    /// <summary>The basis for response topics, or null.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>Another server to use, or null.</summary>
    public string? ServerReference { get; init; }

    /// <summary>A text for people, or null.</summary>
    public string? ReasonString { get; init; }

    /// <summary>The user properties of CONNACK.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}
