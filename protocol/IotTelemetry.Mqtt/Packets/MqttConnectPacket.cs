namespace IotTelemetry.Mqtt.Packets;

/// <summary>CONNECT (MQTT 5.0 section 3.1). Memory points into the buffer it was read from.</summary>
public sealed record MqttConnectPacket
{
    /// <summary>The protocol level.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.V500;

    /// <summary>Start without an earlier session's state (3.1.1: clean session).</summary>
    public bool CleanStart { get; init; }

    /// <summary>Keep-alive in seconds; 0 turns it off.</summary>
    public ushort KeepAliveSeconds { get; init; }

    /// <summary>The client identifier as UTF-8; empty asks the server to assign one.</summary>
    public ReadOnlyMemory<byte> ClientId { get; init; }

    /// <summary>The CONNECT properties.</summary>
    public MqttProperties Properties { get; init; }

    /// <summary>The will, or null.</summary>
    public MqttWillPacket? Will { get; init; }

    /// <summary>The user name as UTF-8, or null when absent.</summary>
    public ReadOnlyMemory<byte>? UserName { get; init; }

    /// <summary>The password's bytes, or null when absent.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }
}
