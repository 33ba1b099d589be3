using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Uplink;

/// <summary>The uplink over MQTT 5. The session ends with the connection: what is resent is decided by the cursor, never by a broker's memory.</summary>
internal sealed class MqttUplinkTransport : IUplinkTransport
{
    /// <summary>A broker that is gone must not hold up the agent's stop.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromMilliseconds(500);

    private readonly MqttClientOptions _options;
    private readonly TimeSpan _firstWithin;
    private readonly MqttClient _client;
    private readonly GatewayTopics _topics;
    private readonly Lock _gate = new();
    private IUplinkEvents? _events;
    private CancellationTokenSource? _lost;
    private int _connections;

    /// <param name="options">The broker; the session's are overridden.</param>
    /// <param name="topics">The gateway's topics.</param>
    /// <param name="firstWithin">The first connection is made at a random moment within so long.</param>
    public MqttUplinkTransport(MqttClientOptions options, GatewayTopics topics, TimeSpan firstWithin = default)
    {
        _options = options;
        _firstWithin = firstWithin;
        _topics = topics;
        _client = new MqttClient(options with
        {
            CleanStart = true,
            SessionExpiry = TimeSpan.Zero,
            DisposeTimeout = GoodbyeTimeout,
            Reconnect = options.Reconnect with { RetryFirstConnection = true },
        });
        _client.Connected += OnConnected;
        _client.Disconnected += OnDisconnected;
    }

    public async Task StartAsync(IUplinkEvents events, CancellationToken cancellationToken)
    {
        _events = events;
        var cursors = new MqttSubscribeOptions { MaximumQualityOfService = MqttQualityOfService.AtMostOnce };
        await _client.SubscribeAsync(_topics.Stored, (message, _) => events.OnStoredAsync(message.Payload), cursors, cancellationToken);

        // Before the commands, so that the lockouts are there when the first command comes.
        await _client.SubscribeAsync(_topics.Lockouts, (message, _) => events.OnLockoutsAsync(message.Payload), null, cancellationToken);
        await _client.SubscribeAsync(_topics.Command, (message, _) => events.OnCommandAsync(message.Payload), null, cancellationToken);
        _ = KeepConnectingAsync(cancellationToken);
    }

    public async ValueTask<PublishAnswer> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, UplinkConnection connection)
    {
        var message = new MqttMessage { Topic = topic, Payload = payload, Retain = retain, QualityOfService = MqttQualityOfService.AtLeastOnce };
        try
        {
            var result = await _client.PublishAsync(message, connection.Lost);
            return result.IsSuccess
                ? new PublishAnswer(true, "")
                : new PublishAnswer(false, $"{result.ReasonCode} {result.ReasonString}".TrimEnd(), result.ReasonCode == MqttReasonCode.PayloadFormatInvalid);
        }
        catch (MqttClientException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public async Task StopAsync()
    {
        try
        {
            await _client.DisconnectAsync();
        }
        catch (Exception exception) when (exception is MqttClientException or TimeoutException)
        {
            // There was no connection to say goodbye over, or it hangs in the operating system and has been aborted.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _lost?.Dispose();
    }

    private async Task KeepConnectingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_firstWithin > TimeSpan.Zero)
            {
                await Task.Delay(_firstWithin * _options.Random(), _options.TimeProvider, cancellationToken);
            }

            await _client.ConnectAsync(cancellationToken);
            await _client.Completion;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The agent stops.
        }
        catch (Exception exception)
        {
            // Whatever a broker or a network does is tried again; this is something else, and without a word nothing would be sent any more.
            _events!.OnFailed(exception);
        }
    }

    // Both handlers run on the client's own thread before it lets queued publishes leave: cancelling here is what keeps a frame of the last connection off the next one.
    private void OnConnected(MqttConnectionInfo info)
    {
        CancellationToken lost;
        lock (_gate)
        {
            _lost?.Cancel();
            _lost = new CancellationTokenSource();
            lost = _lost.Token;
        }

        _events!.OnConnected(new UplinkConnection(++_connections, info.ReceiveMaximum, info.MaximumPacketSize, lost));
    }

    private void OnDisconnected(MqttDisconnection why)
    {
        lock (_gate)
        {
            _lost?.Cancel();
        }

        _events!.OnDisconnected(why.Exception switch
        {
            MqttConnectException { Reason: null } exception => exception.Message,
            { } exception => $"{why.Reason}: {exception.Message}",
            null => $"{why.Reason} {why.ReasonString}".TrimEnd(),
        });
    }
}
