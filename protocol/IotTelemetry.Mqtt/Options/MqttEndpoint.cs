using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Mqtt;

/// <summary>Where a server listens.</summary>
/// <param name="Kind">What carries the bytes.</param>
/// <param name="Host">Host name or IP address (IPv6 without brackets).</param>
/// <param name="Port">TCP port, 1 to 65,535.</param>
/// <param name="Path">The path of a WebSocket URL; ignored otherwise.</param>
public sealed record MqttEndpoint(MqttTransportKind Kind, string Host, int Port, string Path = "/mqtt")
{
    /// <summary>True if the connection is encrypted.</summary>
    public bool IsSecure => Kind is MqttTransportKind.Tls or MqttTransportKind.SecureWebSocket;

    /// <summary>
    /// Reads <c>mqtt://host[:1883]</c> (also <c>tcp</c>), <c>mqtts://host[:8883]</c> (also <c>tls</c>, <c>ssl</c>), <c>ws://host[:80][/path]</c>
    /// or <c>wss://host[:443][/path]</c>.
    /// </summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static MqttEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var endpoint) ? endpoint : throw new FormatException(
            $"'{text}' is not an MQTT endpoint. Allowed: mqtt://host[:port], mqtts://host[:port], ws://host[:port][/path], wss://host[:port][/path].");
    }

    /// <summary>Reads what <see cref="Parse"/> reads; false if the text is none of these.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MqttEndpoint? endpoint)
    {
        endpoint = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return false;
        }

        (MqttTransportKind Kind, int Port)? scheme = uri.Scheme switch
        {
            "mqtt" or "tcp" => (MqttTransportKind.Tcp, 1883),
            "mqtts" or "tls" or "ssl" => (MqttTransportKind.Tls, 8883),
            "ws" => (MqttTransportKind.WebSocket, 80),
            "wss" => (MqttTransportKind.SecureWebSocket, 443),
            _ => null,
        };
        var hasPath = uri.PathAndQuery.Length > 1;
        if (scheme is not var (kind, defaultPort) || (hasPath && kind is MqttTransportKind.Tcp or MqttTransportKind.Tls))
        {
            return false;
        }

        endpoint = new MqttEndpoint(kind, uri.DnsSafeHost, uri.Port > 0 ? uri.Port : defaultPort, hasPath ? uri.PathAndQuery : "/mqtt");
        return true;
    }

    /// <summary>The endpoint as <see cref="Parse"/> reads it.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return Kind switch
        {
            MqttTransportKind.Tcp => $"mqtt://{host}:{Port}",
            MqttTransportKind.Tls => $"mqtts://{host}:{Port}",
            MqttTransportKind.WebSocket => $"ws://{host}:{Port}{Path}",
            _ => $"wss://{host}:{Port}{Path}",
        };
    }
}
