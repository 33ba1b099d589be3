namespace IotTelemetry.Mqtt;

/// <summary>The life of a client as a table.</summary>
internal static class ClientTransitions
{
    public static bool IsAllowed(MqttClientState from, MqttClientState to) => (from, to) switch
    {
        (MqttClientState.Created, MqttClientState.Connecting) => true,
        (MqttClientState.Created, MqttClientState.Closed) => true,
        (MqttClientState.Connecting, MqttClientState.Created) => true, // the first attempt failed: it may be tried again
        (MqttClientState.Connecting, MqttClientState.Connected) => true,
        (MqttClientState.Connecting, MqttClientState.Closed) => true,
        (MqttClientState.Connected, MqttClientState.Reconnecting) => true,
        (MqttClientState.Connected, MqttClientState.Closed) => true,
        (MqttClientState.Reconnecting, MqttClientState.Connected) => true,
        (MqttClientState.Reconnecting, MqttClientState.Closed) => true,
        (MqttClientState.Disposed, _) => false,
        (_, MqttClientState.Disposed) => true,
        _ => false,
    };
}
