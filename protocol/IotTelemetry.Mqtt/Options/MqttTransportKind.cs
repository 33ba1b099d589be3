namespace IotTelemetry.Mqtt;

/// <summary>What carries the MQTT bytes (MQTT 5.0 sections 4.2 and 6).</summary>
public enum MqttTransportKind
{
    /// <summary>Plain TCP, <c>mqtt://</c>.</summary>
    Tcp,

    /// <summary>TLS over TCP, <c>mqtts://</c>.</summary>
    Tls,

    /// <summary>WebSocket, <c>ws://</c>.</summary>
    WebSocket,

    /// <summary>WebSocket over TLS, <c>wss://</c>.</summary>
    SecureWebSocket,
}
