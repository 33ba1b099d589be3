namespace IotTelemetry.Mqtt;

/// <summary>
/// An MQTT client for one session: connects, stays connected, publishes, subscribes. Thread-safe. Dispose ends it in bounded time.
/// </summary>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;

    /// <summary>Creates a client; nothing is sent before <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    public MqttClient(MqttClientOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <summary>Raised after each connection, before queued publishes leave. Handlers must not block.</summary>
#pragma warning disable CS0067
    public event Action<MqttConnectionInfo>? Connected;

    /// <summary>Raised after each connection ends, and for each failed attempt to reconnect. Handlers must not block.</summary>
    public event Action<MqttDisconnection>? Disconnected;
#pragma warning restore CS0067

    /// <summary>Where the client stands.</summary>
    public MqttClientState State => throw new NotImplementedException();

    /// <summary>What the server said at the latest connection, or null before the first.</summary>
    public MqttConnectionInfo? ConnectionInfo => throw new NotImplementedException();

    /// <summary>
    /// Makes the first connection; afterwards the client reconnects by itself until it is disposed.
    /// </summary>
    /// <exception cref="MqttConnectException">The connection could not be made (unless <see cref="MqttReconnectOptions.RetryFirstConnection"/>).</exception>
    public Task<MqttConnectionInfo> ConnectAsync(CancellationToken cancellationToken = default)
    {
        _ = _options;
        throw new NotImplementedException();
    }

    /// <summary>
    /// Publishes. QoS 0 completes when handed to the writer, QoS 1 and 2 when the server answered. Without a connection it waits for the next one.
    /// </summary>
    /// <exception cref="ArgumentException">The message is not valid.</exception>
    /// <exception cref="MqttConnectionLostException">The connection ended before the answer and the session does not resume.</exception>
    /// <exception cref="MqttQueueFullException">Too many publishes wait.</exception>
    public ValueTask<MqttPublishResult> PublishAsync(in MqttMessage message, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>
    /// Subscribes and completes when the server has accepted. Before <see cref="ConnectAsync"/> it only registers the handler, so that nothing a
    /// resumed session delivers is missed; the SUBSCRIBE then goes out with the connection.
    /// </summary>
    /// <exception cref="MqttSubscriptionRefusedException">The server refused.</exception>
    public Task<MqttSubscription> SubscribeAsync(
        string filter, MqttMessageHandler handler, MqttSubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Disconnects on purpose and ends the client; it does not reconnect.</summary>
    public Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Says goodbye if connected, ends all handlers, fails what still waits; takes at most about <see cref="MqttClientOptions.DisposeTimeout"/>.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();

    internal void Acknowledge(long acknowledgement, MqttReasonCode reason) => throw new NotImplementedException();
}
