namespace IotTelemetry.Mqtt;

/// <summary>How hard the two ends try to deliver one application message (MQTT 5.0 section 4.3).</summary>
public enum MqttQualityOfService : byte
{
    /// <summary>QoS 0: sent once, never acknowledged.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: acknowledged by PUBACK, repeated after a connection loss.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: PUBREC, PUBREL, PUBCOMP; delivered once within a session.</summary>
    ExactlyOnce = 2,
}
