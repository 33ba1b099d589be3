using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Sessions;

/// <summary>A Will message (MQTT 5.0 section 3.1.2.5).</summary>
/// <param name="Client">The client whose Will it is.</param>
/// <param name="Message">What to publish; its expiry starts to count when it is published.</param>
/// <param name="Retain">Publish it as a retained message.</param>
/// <param name="DelaySeconds">Time between the end of the connection and the publish.</param>
/// <param name="ExpirySeconds">The message's expiry, if it has one.</param>
internal sealed record PendingWill(MqttClientInfo Client, StoredMessage Message, bool Retain, uint DelaySeconds, uint? ExpirySeconds)
{
    /// <summary>The broker's clock when it is due, once the connection has ended.</summary>
    public long DueAt { get; set; } = long.MaxValue;
}
