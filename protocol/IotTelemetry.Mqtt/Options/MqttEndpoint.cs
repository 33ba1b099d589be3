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
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw Invalid(text);
        }

        var (kind, defaultPort) = uri.Scheme switch
        {
            "mqtt" or "tcp" => (MqttTransportKind.Tcp, 1883),
            "mqtts" or "tls" or "ssl" => (MqttTransportKind.Tls, 8883),
            "ws" => (MqttTransportKind.WebSocket, 80),
            "wss" => (MqttTransportKind.SecureWebSocket, 443),
            _ => throw Invalid(text),
        };
        var isWebSocket = kind is MqttTransportKind.WebSocket or MqttTransportKind.SecureWebSocket;
        if (uri.UserInfo.Length > 0 || (!isWebSocket && uri.PathAndQuery.Length > 1))
        {
            throw Invalid(text);
        }

        var path = isWebSocket && uri.PathAndQuery.Length > 1 ? uri.PathAndQuery : "/mqtt";
        return new MqttEndpoint(kind, uri.DnsSafeHost, uri.Port > 0 ? uri.Port : defaultPort, path);
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

    private static FormatException Invalid(string text) => new(
        $"'{text}' is not an MQTT endpoint. Allowed: mqtt://host[:port], mqtts://host[:port], ws://host[:port][/path], wss://host[:port][/path].");
}
