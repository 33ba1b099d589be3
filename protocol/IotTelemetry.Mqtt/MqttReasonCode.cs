namespace IotTelemetry.Mqtt;

/// <summary>
/// The reason codes of MQTT 5.0 (section 2.4). Values from 0x80 are failures. The return codes of an MQTT 3.1.1 CONNACK are translated
/// by the codec to the reason code of the same meaning and back.
/// </summary>
public enum MqttReasonCode : byte
{
    /// <summary>Success; in DISCONNECT "normal disconnection", in SUBACK "granted QoS 0".</summary>
    Success = 0x00,

    /// <summary>The subscription is accepted with a maximum of QoS 1.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>The subscription is accepted with a maximum of QoS 2.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>The client disconnects and asks the server to publish its will.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>The message is accepted, but nobody subscribes to its topic. Sent only by servers.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>UNSUBSCRIBE named a filter that was not subscribed.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>Another AUTH step follows.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>The client starts a re-authentication.</summary>
    ReAuthenticate = 0x19,

    /// <summary>The receiver does not say why, or no other code fits.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet could not be parsed according to the specification.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet was well formed but not allowed, or not allowed now.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but not accepted by this implementation.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The server does not speak the requested protocol version.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client identifier is valid but not allowed here.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>The user name or password is not accepted.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client is not allowed to do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The server is busy; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>The client is banned by an administrator.</summary>
    Banned = 0x8A,

    /// <summary>The server is shutting down.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported or not the one in use.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing was received for 1.5 times the keep-alive.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is well formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is already in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More QoS 1 and 2 publications are unacknowledged than the receiver allowed.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>The topic alias is 0, above the maximum, or was never set.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than the receiver allowed.</summary>
    PacketTooLarge = 0x95,

    /// <summary>The received data rate is too high.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>An implementation or administrative limit has been exceeded.</summary>
    QuotaExceeded = 0x97,

    /// <summary>The connection is closed by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload does not match the payload format indicator.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>The server does not keep retained messages.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The quality of service is above the server's maximum.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now; see the server reference.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on; see the server reference.</summary>
    ServerMoved = 0x9D,

    /// <summary>The server does not support shared subscriptions.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Connections are opened too fast.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The maximum time a connection may last is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>The server does not support subscription identifiers.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>The server does not support wildcard subscriptions.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
