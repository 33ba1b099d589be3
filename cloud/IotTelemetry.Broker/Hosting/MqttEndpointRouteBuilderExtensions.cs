using IotTelemetry.Broker;
using IotTelemetry.Broker.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Connects a path of an HTTP server to the broker.</summary>
public static class MqttEndpointRouteBuilderExtensions
{
    private const string Subprotocol = "mqtt";

    /// <summary>Serves MQTT over WebSocket (subprotocol <c>mqtt</c>) on this path. Needs <c>AddMqttBroker</c> and, before it, <c>app.UseWebSockets()</c>.</summary>
    public static IEndpointConventionBuilder MapMqttWebSocket(this IEndpointRouteBuilder endpoints, string pattern) =>
        endpoints.MapGet(pattern, ServeAsync).ExcludeFromDescription();

    private static async Task ServeAsync(HttpContext http)
    {
        // [MQTT-6.0.0-3], [MQTT-6.0.0-4]: the client offers the subprotocol "mqtt" and the server chooses it
        if (!http.WebSockets.IsWebSocketRequest || !http.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync("This path speaks MQTT over WebSocket, subprotocol 'mqtt'.").ConfigureAwait(false);
            return;
        }

        var broker = http.RequestServices.GetRequiredService<MqttBroker>();
        using var socket = await http.WebSockets.AcceptWebSocketAsync(Subprotocol).ConfigureAwait(false);
        await using var connection = new WebSocketConnection(socket, http, broker.Options.MaximumPacketSize);
        var pumping = connection.PumpAsync();
        await broker.ServeAsync(connection).ConfigureAwait(false);
        await pumping.ConfigureAwait(false);
    }
}
