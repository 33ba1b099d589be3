namespace IotTelemetry.Mqtt;

/// <summary>When a received QoS 1 or 2 message is acknowledged. Acknowledgements leave in the order the messages came [MQTT-4.6.0-2].</summary>
public enum MqttAcknowledgementMode
{
    /// <summary>
    /// When the handler has returned; with 0x80 if it threw. Nothing is lost in this process, but a handler that never returns ends up holding back
    /// the acknowledgements of later messages, of other subscriptions too, because of their order.
    /// </summary>
    WhenHandled,

    /// <summary>When the message has its place in the bounded queue. A slow handler then holds back nothing until its queue is full.</summary>
    WhenQueued,

    /// <summary>When the program calls <see cref="MqttReceivedMessage.Acknowledge"/>, from any thread, at any later time.</summary>
    Manual,
}
