namespace IotTelemetry.Mqtt;

/// <summary>An acknowledgement that the program still owes for a received message. Copyable, storable, usable from any thread. The default value does nothing.</summary>
public readonly struct MqttPendingAcknowledgement
{
    private readonly MqttClient? _client;
    private readonly long _acknowledgement;

    internal MqttPendingAcknowledgement(MqttClient? client, long acknowledgement)
    {
        _client = client;
        _acknowledgement = acknowledgement;
    }

    /// <summary>Acknowledges, as <see cref="MqttReceivedMessage.Acknowledge"/> does.</summary>
    public void Complete(MqttReasonCode reason = MqttReasonCode.Success) => _client?.Acknowledge(_acknowledgement, reason);
}
