namespace IotTelemetry.Mqtt.Packets;

/// <summary>One property of a packet.</summary>
/// <param name="Id">The identifier.</param>
/// <param name="Number">The value of an integer property; 0 otherwise.</param>
/// <param name="Bytes">The value of a string (UTF-8) or binary property; the name of a user property.</param>
/// <param name="UserValue">The value of a user property (UTF-8).</param>
public readonly record struct MqttProperty(MqttPropertyId Id, uint Number, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> UserValue);
