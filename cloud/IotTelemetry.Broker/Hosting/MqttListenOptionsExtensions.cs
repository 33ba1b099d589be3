using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IotTelemetry.Broker;

/// <summary>Connects a Kestrel endpoint to the broker.</summary>
public static class MqttListenOptionsExtensions
{
    /// <summary>Serves MQTT over TCP on this endpoint. Needs <c>AddMqttBroker</c>.</summary>
    public static ListenOptions UseMqttBroker(this ListenOptions listen) => throw new NotImplementedException();

    /// <summary>
    /// Serves MQTT over TLS on this endpoint. ALPN <c>mqtt</c> is offered unless <paramref name="tls"/> names its own protocols. A client certificate, when
    /// asked for by <paramref name="tls"/>, reaches the hooks as <see cref="MqttClientInfo.Certificate"/>.
    /// </summary>
    public static ListenOptions UseMqttBroker(this ListenOptions listen, SslServerAuthenticationOptions tls) => throw new NotImplementedException();
}
