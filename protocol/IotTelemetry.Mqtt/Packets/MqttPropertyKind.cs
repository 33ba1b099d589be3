namespace IotTelemetry.Mqtt.Packets;

/// <summary>How a property's value is encoded (MQTT 5.0 section 2.2.2.2).</summary>
internal enum MqttPropertyKind : byte
{
    Unknown,
    Byte,
    TwoByteInteger,
    FourByteInteger,
    VariableByteInteger,
    Utf8String,
    BinaryData,
    Utf8StringPair,
}
