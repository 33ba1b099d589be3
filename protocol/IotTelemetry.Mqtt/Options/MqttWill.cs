namespace IotTelemetry.Mqtt;

/// <summary>What the server publishes when this client is gone without saying goodbye (MQTT 5.0 section 3.1.2.5).</summary>
/// <param name="Message">The message; its payload has at most 65,535 bytes.</param>
/// <param name="Delay">How long the server waits for the client to come back, whole seconds. MQTT 5.0 only.</param>
public sealed record MqttWill(MqttMessage Message, TimeSpan Delay = default);
