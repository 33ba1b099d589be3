namespace IotTelemetry.Broker.Connections;

/// <summary>
/// Where a connection stands: AwaitingConnect -> Answering -> (Authenticating -> Answering)* -> Connected -> (Reauthenticating -> Connected)*,
/// and Closing from everywhere.
/// </summary>
internal enum ConnectionState
{
    /// <summary>Only CONNECT may come ([MQTT-3.1.0-1]).</summary>
    AwaitingConnect,

    /// <summary>CONNECT or AUTH is being worked on; nothing is read.</summary>
    Answering,

    /// <summary>The broker has sent AUTH and waits for the client's (4.12).</summary>
    Authenticating,

    /// <summary>CONNACK is sent.</summary>
    Connected,

    /// <summary>As <see cref="Connected"/>, and the client is proving itself again (4.12.1).</summary>
    Reauthenticating,

    /// <summary>It is ending.</summary>
    Closing,
}
