using System.Diagnostics.CodeAnalysis;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads where the broker is. The agent speaks MQTT over TCP and TLS; it is built without WebSockets, which would bring the whole HTTP client.</summary>
internal static class BrokerEndpoint
{
    /// <summary>Reads the text; false with what is wrong when it is no endpoint, or one of another kind.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MqttEndpoint? endpoint, out string problem)
    {
        if (MqttEndpoint.TryParse(text, out endpoint) && endpoint.Kind is MqttTransportKind.Tcp or MqttTransportKind.Tls)
        {
            problem = "";
            return true;
        }

        problem = $"is \"{text}\"; allowed: mqtt://HOST[:PORT] and mqtts://HOST[:PORT]{(endpoint is null ? "" : " (this agent is built without WebSockets)")}";
        endpoint = null;
        return false;
    }
}
