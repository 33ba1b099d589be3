using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>
/// The way to and from the gateways, through whatever broker there is: the one in this process, or another one. Everything that listens or speaks to gateways does it here.
/// Thread-safe once it has started.
/// </summary>
internal interface IGatewayLink
{
    /// <summary>Whom messages of this kind are handed to; one taker a kind, said before the link starts.</summary>
    void Receive(TopicKind kind, GatewayMessageHandler handler);

    /// <summary>
    /// Publishes on one of the gateway's topics. With QoS 0 it completes when the broker may have it, with QoS 1 when the broker has it; whether the gateway is there is not known to it.
    /// </summary>
    /// <returns>False when the broker says that nobody has subscribed to the topic: then nobody gets it, unless it is retained.</returns>
    /// <exception cref="GatewayLinkException">The broker did not take it: it is away or refused it, or another worker speaks to this gateway.</exception>
    ValueTask<bool> SendAsync(GatewayId gateway, MqttMessage message, CancellationToken cancellationToken);
}
