namespace IotTelemetry.Mqtt;

/// <summary>What became of a publish.</summary>
public enum MqttPublishStatus : byte
{
    /// <summary>QoS 0: handed to the writer.</summary>
    Sent,

    /// <summary>QoS 1 and 2: the server has it.</summary>
    Acknowledged,

    /// <summary>The server refused it, or it may not be sent to this server (too large, QoS or retain not supported). See the reason code.</summary>
    Refused,

    /// <summary>It expired before it could be sent.</summary>
    Expired,
}
