namespace IotTelemetry.Mqtt.Packets;

/// <summary>The control packet type in the high four bits of the first byte (MQTT 5.0 section 2.1.2).</summary>
public enum MqttPacketType : byte
{
    /// <summary>Forbidden.</summary>
    Reserved = 0,

    /// <summary>Client to server: connection request.</summary>
    Connect = 1,

    /// <summary>Server to client: connect acknowledgement.</summary>
    ConnAck = 2,

    /// <summary>Both ways: publish message.</summary>
    Publish = 3,

    /// <summary>Both ways: publish acknowledgement (QoS 1).</summary>
    PubAck = 4,

    /// <summary>Both ways: publish received (QoS 2, part 1).</summary>
    PubRec = 5,

    /// <summary>Both ways: publish release (QoS 2, part 2).</summary>
    PubRel = 6,

    /// <summary>Both ways: publish complete (QoS 2, part 3).</summary>
    PubComp = 7,

    /// <summary>Client to server: subscribe request.</summary>
    Subscribe = 8,

    /// <summary>Server to client: subscribe acknowledgement.</summary>
    SubAck = 9,

    /// <summary>Client to server: unsubscribe request.</summary>
    Unsubscribe = 10,

    /// <summary>Server to client: unsubscribe acknowledgement.</summary>
    UnsubAck = 11,

    /// <summary>Client to server: ping request.</summary>
    PingReq = 12,

    /// <summary>Server to client: ping response.</summary>
    PingResp = 13,

    /// <summary>Both ways (MQTT 3.1.1: client to server only): disconnect notification.</summary>
    Disconnect = 14,

    /// <summary>Both ways, MQTT 5.0 only: authentication exchange.</summary>
    Auth = 15,
}
