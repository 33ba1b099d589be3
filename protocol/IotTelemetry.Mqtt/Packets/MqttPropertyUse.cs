namespace IotTelemetry.Mqtt.Packets;

/// <summary>The places a property list can stand in; each allows its own properties (MQTT 5.0 table 2-4).</summary>
public enum MqttPropertyUse : byte
{
    /// <summary>CONNECT.</summary>
    Connect,

    /// <summary>The will within CONNECT.</summary>
    Will,

    /// <summary>CONNACK.</summary>
    ConnAck,

    /// <summary>PUBLISH.</summary>
    Publish,

    /// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK.</summary>
    Acknowledgement,

    /// <summary>SUBSCRIBE.</summary>
    Subscribe,

    /// <summary>UNSUBSCRIBE.</summary>
    Unsubscribe,

    /// <summary>DISCONNECT.</summary>
    Disconnect,

    /// <summary>AUTH.</summary>
    Auth,
}
