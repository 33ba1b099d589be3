namespace IotTelemetry.Mqtt;

/// <summary>Which retained messages a subscription asks for (MQTT 5.0 section 3.8.3.1).</summary>
public enum MqttRetainHandling : byte
{
    /// <summary>Send them whenever the subscription is made.</summary>
    SendAlways = 0,

    /// <summary>Send them only if the subscription is new.</summary>
    SendIfNew = 1,

    /// <summary>Never send them.</summary>
    Never = 2,
}
