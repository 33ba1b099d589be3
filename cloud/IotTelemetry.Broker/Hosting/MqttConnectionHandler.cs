using Microsoft.AspNetCore.Connections;

namespace IotTelemetry.Broker;

/// <summary>Where Kestrel hands its connections to the broker.</summary>
internal sealed class MqttConnectionHandler(MqttBroker broker) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => broker.ServeAsync(connection);
}
