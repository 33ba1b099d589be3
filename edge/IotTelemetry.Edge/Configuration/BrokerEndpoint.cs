using IotTelemetry.Mqtt;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads where the broker is. The agent speaks MQTT over TCP and TLS; it is built without WebSockets, which would bring the whole HTTP client.</summary>
internal static class BrokerEndpoint
{
    /// <exception cref="FormatException">The text is no endpoint, or one of another kind.</exception>
    public static MqttEndpoint Parse(string text)
    {
        var endpoint = MqttEndpoint.Parse(text);
        return endpoint.Kind is MqttTransportKind.Tcp or MqttTransportKind.Tls
            ? endpoint
            : throw new FormatException($"is {text}; allowed: mqtt://host[:port], mqtts://host[:port] (this agent is built without WebSockets)");
    }
}
