using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Connections;

/// <summary>Sends acknowledgements to the publisher.</summary>
internal interface IAcknowledgementSink
{
    /// <summary>Appends PUBACK (QoS 1) or PUBREC (QoS 2). Called in the order the publishes came, under the window's lock. True if the caller must flush.</summary>
    bool Acknowledge(ushort packetId, MqttQualityOfService qualityOfService, MqttReasonCode reason);

    /// <summary>Sends what was appended, soon. Called on a handler's thread.</summary>
    void FlushAcknowledgements();
}
