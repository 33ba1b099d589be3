namespace IotTelemetry.Broker;

/// <summary>Decides who may connect. Without one, everybody may. Must be thread-safe.</summary>
public interface IMqttClientAuthenticator
{
    /// <summary>
    /// Called once per CONNECT, and for enhanced authentication (MQTT 5, 4.12) again for each AUTH packet, also for re-authentication.
    /// An exception refuses the client with 0x88 (server unavailable) and is logged.
    /// </summary>
    /// <param name="request">What the client has shown.</param>
    /// <param name="cancellation">Cancelled when the connection is gone or <see cref="MqttBrokerOptions.ConnectTimeout"/> is over.</param>
    ValueTask<MqttClientAuthenticationResult> AuthenticateAsync(MqttClientAuthenticationRequest request, CancellationToken cancellation);
}
