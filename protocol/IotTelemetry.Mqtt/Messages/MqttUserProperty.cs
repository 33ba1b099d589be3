namespace IotTelemetry.Mqtt;

/// <summary>One user property: a name and a value, both UTF-8 strings. Names may repeat and order is kept (MQTT 5.0 section 3.3.2.3.7).</summary>
public readonly record struct MqttUserProperty(string Name, string Value);
