using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IotTelemetry.Broker;

/// <summary>Connects a Kestrel endpoint to the broker.</summary>
public static class MqttListenOptionsExtensions
{
    private static readonly SslApplicationProtocol Mqtt = new("mqtt");
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Serves MQTT over TCP on this endpoint. Needs <c>AddMqttBroker</c>.</summary>
    public static ListenOptions UseMqttBroker(this ListenOptions listen)
    {
        listen.UseConnectionHandler<MqttConnectionHandler>();
        return listen;
    }

    /// <summary>
    /// Serves MQTT over TLS on this endpoint. ALPN <c>mqtt</c> is offered unless <paramref name="tls"/> names its own protocols. A client certificate, when
    /// asked for by <paramref name="tls"/>, reaches the hooks as <see cref="MqttClientInfo.Certificate"/>.
    /// </summary>
    public static ListenOptions UseMqttBroker(this ListenOptions listen, SslServerAuthenticationOptions tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        tls.ApplicationProtocols ??= [Mqtt];
        listen.UseHttps((_, _, _, _) => ValueTask.FromResult(tls), state: null!, HandshakeTimeout);
        return listen.UseMqttBroker();
    }
}
