using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>One session that gets a topic's messages, with the sum of its matching subscriptions (MQTT 5.0 section 3.3.4).</summary>
internal struct PublishTarget
{
    public Session Session;

    /// <summary>The highest of the matching subscriptions.</summary>
    public MqttQualityOfService MaximumQualityOfService;

    public bool RetainAsPublished;

    /// <summary>Of all matching subscriptions that have one.</summary>
    public uint[] Identifiers;
}
