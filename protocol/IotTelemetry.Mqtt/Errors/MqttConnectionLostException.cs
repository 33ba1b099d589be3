namespace IotTelemetry.Mqtt;

/// <summary>The connection or the session ended before the operation was answered: whether the server has it is unknown.</summary>
public sealed class MqttConnectionLostException : MqttClientException
{
    /// <summary>Creates the error.</summary>
    public MqttConnectionLostException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
