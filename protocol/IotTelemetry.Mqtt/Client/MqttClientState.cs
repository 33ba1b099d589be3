namespace IotTelemetry.Mqtt;

/// <summary>Where a client stands in its life.</summary>
public enum MqttClientState
{
    /// <summary>Not connected yet.</summary>
    Created,

    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Connected,

    /// <summary>The connection was lost and is being made again.</summary>
    Reconnecting,

    /// <summary>Ended: disconnected on purpose, or lost without reconnection. Only disposal is left.</summary>
    Closed,

    /// <summary>Disposed.</summary>
    Disposed,
}
