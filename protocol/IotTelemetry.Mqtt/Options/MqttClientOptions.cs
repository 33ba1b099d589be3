using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Mqtt;

/// <summary>Everything a client is told at its start. Immutable; <see cref="Validate"/> runs once, in the client's constructor.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Where to connect.</summary>
    public required MqttEndpoint Endpoint { get; init; }

    /// <summary>The client identifier. Empty asks the server to assign one, which then stays for later connections.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>MQTT 5.0, or 3.1.1 for old servers.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.V500;

    /// <summary>Discard an earlier session at the first connection. Later connections resume if <see cref="SessionExpiry"/> is not zero.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>
    /// How long the server keeps the session without a connection, whole seconds; <see cref="TimeSpan.MaxValue"/> never expires.
    /// Zero: the session ends with the connection. In 3.1.1 any other value asks for a persistent session.
    /// </summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>
    /// Keep-alive, whole seconds up to 65,535. A link over which nothing arrives is given up within 1.5 times this. Zero turns both off.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The will, or null.</summary>
    public MqttWill? Will { get; init; }

    /// <summary>The user name, or null.</summary>
    public string? UserName { get; init; }

    /// <summary>The password, or null.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Enhanced authentication, or null. MQTT 5.0 only.</summary>
    public IMqttAuthenticator? Authenticator { get; init; }

    /// <summary>The most QoS 1 and 2 messages the server may send unacknowledged, 1 to 65,535.</summary>
    public int ReceiveMaximum { get; init; } = 1024;

    /// <summary>
    /// How many more than <see cref="ReceiveMaximum"/> are borne before the connection is closed with 0x93, 0 to 65,535. For servers that count wrongly when a session resumes
    /// (mosquitto 2.0.11 does): with 0 such a session could not be resumed for ever.
    /// </summary>
    public int ReceiveTolerance { get; init; }

    /// <summary>The largest packet accepted from the server, in bytes, 64 to 268,435,460.</summary>
    public int MaximumPacketSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most topic aliases the server may use, 0 to 65,535. Each keeps one topic name in memory. MQTT 5.0 only.</summary>
    public int TopicAliasMaximum { get; init; } = 32;

    /// <summary>The most topic aliases this client uses when the server allows them, 0 to 65,535. MQTT 5.0 only.</summary>
    public int SendTopicAliasMaximum { get; init; } = 32;

    /// <summary>The most QoS 1 and 2 publications this client has in flight, 1 to 65,535; the server's Receive Maximum may lower it.</summary>
    public int MaximumInFlight { get; init; } = 65_535;

    /// <summary>
    /// The most publishes that may wait (for the connection, the window or the outgoing buffer). Beyond, publishing throws
    /// <see cref="MqttQueueFullException"/>.
    /// </summary>
    public int MaximumWaitingPublishes { get; init; } = 100_000;

    /// <summary>Bytes that may stand encoded before the socket takes them, 4,096 up. A publish that finds them used waits.</summary>
    public int OutgoingBufferBytes { get; init; } = 256 * 1024;

    /// <summary>User properties of CONNECT.</summary>
    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>Asks the server for Response Information. MQTT 5.0 only.</summary>
    public bool RequestResponseInformation { get; init; }

    /// <summary>TLS; used by secure endpoints.</summary>
    public MqttTlsOptions Tls { get; init; } = new();

    /// <summary>Reconnection.</summary>
    public MqttReconnectOptions Reconnect { get; init; } = new();

    /// <summary>The longest time from the first byte to an accepted CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest time disposal takes to say goodbye and to wait for handlers.</summary>
    public TimeSpan DisposeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of jitter, values from 0 up to 1. Must be thread-safe.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Where the client tells what happens.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what is allowed.</exception>
    public void Validate() => MqttClientOptionsCheck.Check(this);
}
