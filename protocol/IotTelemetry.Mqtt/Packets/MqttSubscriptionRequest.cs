namespace IotTelemetry.Mqtt.Packets;

/// <summary>One topic filter of a SUBSCRIBE packet with its options (MQTT 5.0 section 3.8.3).</summary>
/// <param name="Filter">The topic filter as UTF-8, with <c>$share/group/</c> if shared.</param>
/// <param name="MaximumQualityOfService">The highest quality of service the subscriber wants.</param>
/// <param name="NoLocal">Do not send this client's own messages back.</param>
/// <param name="RetainAsPublished">Keep the retain flag as published.</param>
/// <param name="RetainHandling">Which retained messages to send at first.</param>
public readonly record struct MqttSubscriptionRequest(
    ReadOnlyMemory<byte> Filter,
    MqttQualityOfService MaximumQualityOfService,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    MqttRetainHandling RetainHandling = MqttRetainHandling.SendAlways);
