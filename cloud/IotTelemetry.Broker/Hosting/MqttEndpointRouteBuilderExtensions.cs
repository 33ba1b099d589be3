using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Connects a path of an HTTP server to the broker.</summary>
public static class MqttEndpointRouteBuilderExtensions
{
    /// <summary>Serves MQTT over WebSocket (subprotocol <c>mqtt</c>) on this path. Needs <c>AddMqttBroker</c> and, before it, <c>app.UseWebSockets()</c>.</summary>
    public static IEndpointConventionBuilder MapMqttWebSocket(this IEndpointRouteBuilder endpoints, string pattern) => throw new NotImplementedException();
}
