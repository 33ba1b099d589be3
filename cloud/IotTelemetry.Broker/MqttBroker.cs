using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>
/// An MQTT 5.0 and 3.1.1 broker inside this process. Connections reach it from Kestrel (<c>UseMqttBroker</c>, <c>MapMqttWebSocket</c>).
/// All members are thread-safe.
/// </summary>
public sealed class MqttBroker : IAsyncDisposable
{
    /// <summary>The options the broker was built with.</summary>
    public MqttBrokerOptions Options { get; } = new();

    /// <summary>The figures of this moment.</summary>
    public MqttBrokerCounters Counters => throw new NotImplementedException();

    /// <summary>Registers a handler for the publishes that match a filter. Takes effect for the next publish read.</summary>
    /// <param name="topicFilter">A topic filter with + and #; not a shared one.</param>
    /// <param name="handler">Called as <see cref="IMqttPublishHandler"/> says.</param>
    /// <returns>Dispose it to take the handler away; calls that have begun still finish.</returns>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    public IDisposable AddHandler(string topicFilter, IMqttPublishHandler handler) => throw new NotImplementedException();

    /// <summary>
    /// Publishes a message of the host to subscribers and, if it says so, retains it. In-process handlers do not see it. Completes when every subscriber's
    /// copy is written to its connection, queued, or dropped by the stated policies; it never waits for a client.
    /// </summary>
    /// <exception cref="ArgumentException">The topic is not valid.</exception>
    public ValueTask PublishAsync(MqttMessage message, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>
    /// Disconnects a client, if it is connected, with a reason (MQTT 5) and without its Will.
    /// </summary>
    /// <returns>False when no such client is connected.</returns>
    public bool Disconnect(string clientId, MqttReasonCode reason) => throw new NotImplementedException();

    /// <summary>Disconnects every client with 0x8B (server shutting down) and closes the store.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
