namespace IotTelemetry.Mqtt;

/// <summary>The answer to a request, copied out of the message.</summary>
/// <param name="Payload">The payload.</param>
/// <param name="ContentType">The description of the payload, or null.</param>
/// <param name="UserProperties">The user properties in order.</param>
public sealed record MqttResponse(ReadOnlyMemory<byte> Payload, string? ContentType, IReadOnlyList<MqttUserProperty> UserProperties);
