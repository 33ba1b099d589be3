namespace IotTelemetry.Mqtt;

/// <summary>More publishes wait than <see cref="MqttClientOptions.MaximumWaitingPublishes"/> allows.</summary>
public sealed class MqttQueueFullException : MqttClientException
{
    /// <summary>Creates the error.</summary>
    public MqttQueueFullException(string message)
        : base(message)
    {
    }
}
