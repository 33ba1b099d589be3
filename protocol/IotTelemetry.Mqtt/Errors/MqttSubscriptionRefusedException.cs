namespace IotTelemetry.Mqtt;

/// <summary>The server refused a topic filter.</summary>
public sealed class MqttSubscriptionRefusedException : MqttClientException
{
    /// <summary>Creates the error.</summary>
    public MqttSubscriptionRefusedException(string message, MqttReasonCode reason)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>The server's reason code.</summary>
    public MqttReasonCode Reason { get; }
}
