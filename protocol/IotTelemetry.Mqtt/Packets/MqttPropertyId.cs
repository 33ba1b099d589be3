namespace IotTelemetry.Mqtt.Packets;

/// <summary>The property identifiers of MQTT 5.0 (section 2.2.2.2).</summary>
public enum MqttPropertyId : byte
{
    /// <summary>Byte, 0 or 1. PUBLISH, will.</summary>
    PayloadFormatIndicator = 0x01,

    /// <summary>Four bytes, seconds. PUBLISH, will.</summary>
    MessageExpiryInterval = 0x02,

    /// <summary>String. PUBLISH, will.</summary>
    ContentType = 0x03,

    /// <summary>String, a topic name. PUBLISH, will.</summary>
    ResponseTopic = 0x08,

    /// <summary>Binary. PUBLISH, will.</summary>
    CorrelationData = 0x09,

    /// <summary>Variable byte integer, 1 to 268,435,455. PUBLISH (repeatable), SUBSCRIBE.</summary>
    SubscriptionIdentifier = 0x0B,

    /// <summary>Four bytes, seconds; 0xFFFFFFFF never expires. CONNECT, CONNACK, DISCONNECT.</summary>
    SessionExpiryInterval = 0x11,

    /// <summary>String. CONNACK.</summary>
    AssignedClientIdentifier = 0x12,

    /// <summary>Two bytes, seconds. CONNACK.</summary>
    ServerKeepAlive = 0x13,

    /// <summary>String. CONNECT, CONNACK, AUTH.</summary>
    AuthenticationMethod = 0x15,

    /// <summary>Binary. CONNECT, CONNACK, AUTH.</summary>
    AuthenticationData = 0x16,

    /// <summary>Byte, 0 or 1. CONNECT.</summary>
    RequestProblemInformation = 0x17,

    /// <summary>Four bytes, seconds. Will.</summary>
    WillDelayInterval = 0x18,

    /// <summary>Byte, 0 or 1. CONNECT.</summary>
    RequestResponseInformation = 0x19,

    /// <summary>String. CONNACK.</summary>
    ResponseInformation = 0x1A,

    /// <summary>String. CONNACK, DISCONNECT.</summary>
    ServerReference = 0x1C,

    /// <summary>String. CONNACK, all acknowledgements, DISCONNECT, AUTH.</summary>
    ReasonString = 0x1F,

    /// <summary>Two bytes, not 0. CONNECT, CONNACK.</summary>
    ReceiveMaximum = 0x21,

    /// <summary>Two bytes. CONNECT, CONNACK.</summary>
    TopicAliasMaximum = 0x22,

    /// <summary>Two bytes, not 0. PUBLISH.</summary>
    TopicAlias = 0x23,

    /// <summary>Byte, 0 or 1. CONNACK.</summary>
    MaximumQoS = 0x24,

    /// <summary>Byte, 0 or 1. CONNACK.</summary>
    RetainAvailable = 0x25,

    /// <summary>String pair, repeatable. Everywhere.</summary>
    UserProperty = 0x26,

    /// <summary>Four bytes, not 0. CONNECT, CONNACK.</summary>
    MaximumPacketSize = 0x27,

    /// <summary>Byte, 0 or 1. CONNACK.</summary>
    WildcardSubscriptionAvailable = 0x28,

    /// <summary>Byte, 0 or 1. CONNACK.</summary>
    SubscriptionIdentifierAvailable = 0x29,

    /// <summary>Byte, 0 or 1. CONNACK.</summary>
    SharedSubscriptionAvailable = 0x2A,
}
