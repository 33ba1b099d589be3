namespace IotTelemetry.Broker;

/// <summary>One step of a client's proof of who it is.</summary>
public sealed class MqttClientAuthenticationRequest
{
    /// <summary>The client; its <see cref="MqttClientInfo.Tag"/> may be set here.</summary>
    public required MqttClientInfo Client { get; init; }

    /// <summary>The password of the CONNECT, if any.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Authentication Method (MQTT 5), the same for all steps; <see langword="null"/> when the client uses none.</summary>
    public string? Method { get; init; }

    /// <summary>Authentication Data of this step (MQTT 5).</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>0 for the CONNECT (or for the AUTH that starts a re-authentication), then 1, 2, ... for each AUTH that continues it.</summary>
    public int Step { get; init; }

    /// <summary>True when a connected client authenticates again (AUTH 0x19).</summary>
    public bool IsReauthentication { get; init; }

    /// <summary>What the previous step's <see cref="MqttClientAuthenticationResult.State"/> was.</summary>
    public object? State { get; init; }
}
