namespace IotTelemetry.Mqtt;

/// <summary>The base of what a client throws for reasons outside the program.</summary>
public class MqttClientException : Exception
{
    /// <summary>Creates the error.</summary>
    public MqttClientException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
