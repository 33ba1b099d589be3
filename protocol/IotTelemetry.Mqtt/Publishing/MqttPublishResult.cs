namespace IotTelemetry.Mqtt;

/// <summary>The outcome of a publish.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="ReasonCode">The server's reason code; for a local refusal the code the server would have used.</param>
/// <param name="ReasonString">The server's text for people, or null.</param>
public readonly record struct MqttPublishResult(MqttPublishStatus Status, MqttReasonCode ReasonCode = MqttReasonCode.Success, string? ReasonString = null)
{
    /// <summary>True if the message was sent (QoS 0) or the server has it (QoS 1, 2).</summary>
    public bool IsSuccess => Status is MqttPublishStatus.Sent or MqttPublishStatus.Acknowledged;
}
