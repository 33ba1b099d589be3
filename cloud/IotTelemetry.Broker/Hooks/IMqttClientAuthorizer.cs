using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>Says who may publish and subscribe where. Called on the client's read loop: answer from memory, without blocking. Must be thread-safe.</summary>
public interface IMqttClientAuthorizer
{
    /// <summary>
    /// May the client publish here? Also asked once for a Will topic, at connection. A refusal is answered with PUBACK/PUBREC 0x87; at QoS 0 the message is
    /// dropped and counted. MQTT 3.1.1 has no negative PUBACK: the message is dropped, counted and acknowledged.
    /// </summary>
    bool MayPublish(MqttClientInfo client, ReadOnlySpan<byte> topicUtf8, MqttQualityOfService qualityOfService, bool retain);

    /// <summary>May the client subscribe to this filter? For a shared subscription the filter is the part after the share name. A refusal is SUBACK 0x87 (0x80 in 3.1.1).</summary>
    bool MaySubscribe(MqttClientInfo client, ReadOnlySpan<byte> filterUtf8);
}
