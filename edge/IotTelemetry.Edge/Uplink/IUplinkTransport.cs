namespace IotTelemetry.Edge.Uplink;

/// <summary>The road to the broker: keeps itself connected, publishes in the order it is told, and hands over what the cloud says.</summary>
internal interface IUplinkTransport : IAsyncDisposable
{
    /// <summary>Connects and stays connected; what happens is told to <paramref name="events"/>. Returns when the connecting has begun.</summary>
    Task StartAsync(IUplinkEvents events, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes with QoS 1. Publishes leave in the order of the calls, and only on the connection that <paramref name="connection"/> stands for: one that has not left
    /// when it is lost never leaves. The cloud leaves a frame that overtook an earlier one with the gateway, and all is sent again.
    /// </summary>
    /// <returns>What the broker answered.</returns>
    /// <exception cref="OperationCanceledException">The connection was lost before the message left.</exception>
    /// <exception cref="IOException">The connection was lost before the answer came.</exception>
    ValueTask<PublishAnswer> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, UplinkConnection connection);

    /// <summary>Says goodbye, so that the broker does not publish the will.</summary>
    Task StopAsync();
}
