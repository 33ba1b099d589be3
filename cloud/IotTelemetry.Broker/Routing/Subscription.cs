using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>One session's subscription to one filter, with its options (MQTT 5.0 section 3.8.3.1). A changed subscription is a new object.</summary>
internal sealed class Subscription : Subscriber
{
    public required Session Session { get; init; }

    /// <summary>The filter as the client gave it, <c>$share/...</c> included.</summary>
    public required byte[] Filter { get; init; }

    public required MqttQualityOfService MaximumQualityOfService { get; init; }

    public bool NoLocal { get; init; }

    public bool RetainAsPublished { get; init; }

    /// <summary>The Subscription Identifier as it goes into a PUBLISH, or nothing.</summary>
    public uint[] Identifiers { get; init; } = [];

    /// <summary>The group it takes turns in, if it is a shared subscription. Set by the <see cref="SubscriptionTable"/> when the subscription is added.</summary>
    public SharedGroup? Group { get; set; }
}
