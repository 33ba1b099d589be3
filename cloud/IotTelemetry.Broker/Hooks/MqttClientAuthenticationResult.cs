using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>The answer to one authentication step.</summary>
public sealed record MqttClientAuthenticationResult
{
    /// <summary>The client may come in.</summary>
    public static MqttClientAuthenticationResult Accepted { get; } = new() { ReasonCode = MqttReasonCode.Success };

    /// <summary>The client showed a wrong user name or password.</summary>
    public static MqttClientAuthenticationResult BadCredentials { get; } = new() { ReasonCode = MqttReasonCode.BadUserNameOrPassword };

    /// <summary>Success, ContinueAuthentication, or the error to refuse with (0x80 and above).</summary>
    public required MqttReasonCode ReasonCode { get; init; }

    /// <summary>Authentication Data to send back (MQTT 5), with the method the client named.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>A sentence for the client's log (MQTT 5 Reason String), if any.</summary>
    public string? Reason { get; init; }

    /// <summary>Handed to the next step as <see cref="MqttClientAuthenticationRequest.State"/>.</summary>
    public object? State { get; init; }
}
