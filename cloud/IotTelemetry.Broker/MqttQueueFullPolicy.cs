namespace IotTelemetry.Broker;

/// <summary>Which message a full session queue gives up.</summary>
public enum MqttQueueFullPolicy
{
    /// <summary>The message that has waited longest: the client finds the most recent ones when it is back.</summary>
    DropOldest,

    /// <summary>The message that has just arrived: the client finds the ones from the start of its absence.</summary>
    DropNewest,
}
