using System.Globalization;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>
/// One partition at an external broker: a connection with the session of this partition, whichever worker it belongs to. The broker hands what one worker did not acknowledge to the next that has the
/// session, so a partition moves with all that waits for it, and no session is left behind. Thread-safe.
/// </summary>
internal sealed class PartitionSession(
    int partition, BrokerOptions options, IReadOnlyDictionary<TopicKind, GatewayMessageHandler> handlers, Action<int> onTakenOver, TimeProvider time, ILogger<PartitionSession> logger) : IAsyncDisposable
{
    // A birth is the largest message; and a queue smaller than one would still take it.
    private const int QueueBytes = 1 << 20;
    private const int BufferBytes = 32 << 10;
    private readonly string _via = options.Endpoint.ToString();
    private readonly SemaphoreSlim _taking = new(1, 1);
    private volatile bool _stopped;
    private MqttClient? _client;
    private Task _connecting = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;

    /// <summary>True while the broker hands messages on.</summary>
    public bool IsConnected => _client?.State == MqttClientState.Connected;

    /// <summary>Connects, now or whenever the broker can be reached, and takes what comes.</summary>
    public void Open()
    {
        _client = new MqttClient(new MqttClientOptions
        {
            Endpoint = options.Endpoint,
            ClientId = string.Create(CultureInfo.InvariantCulture, $"{options.ClientPrefix}-{partition}"),
            CleanStart = false,
            SessionExpiry = options.SessionExpiry,
            ReceiveMaximum = Math.Clamp(options.InFlight / GatewayId.Partitions, 1, ushort.MaxValue),
            ReceiveTolerance = ushort.MaxValue,
            MaximumPacketSize = Birth.MaximumBytes + 65_536,
            OutgoingBufferBytes = BufferBytes,
            MaximumWaitingPublishes = 1000,
            UserName = options.UserName,
            Password = options.Password is { } password ? System.Text.Encoding.UTF8.GetBytes(password) : null,
            Tls = options.Tls,
            Reconnect = new MqttReconnectOptions { RetryFirstConnection = true, MaximumDelay = TimeSpan.FromSeconds(15) },
            TimeProvider = time,
            Logger = logger,
        });
        _client.Disconnected += OnDisconnected;
        _connecting = ConnectAsync(_client);
    }

    /// <summary>Takes nothing more, and acknowledges nothing but what was taken; the connection stays, for cursors.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Ends the connection, and returns when nothing is being taken any more; the session stays with the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        if (_client is { } client)
        {
            await client.DisposeAsync();
        }

        await _taking.WaitAsync();
        await _connecting;

        // A goodbye that the operating system holds up: the client has cut the connection then.
        await _leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>As <see cref="IGatewayLink.SendAsync"/>.</summary>
    public async ValueTask<bool> SendAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        if (_client is not { State: MqttClientState.Connected } client)
        {
            throw new GatewayLinkException($"no connection to {options.Endpoint} for partition {partition}");
        }

        try
        {
            MqttPublishResult result = await client.PublishAsync(message, cancellationToken);
            if (!result.IsSuccess)
            {
                throw new GatewayLinkException($"{options.Endpoint} did not take a message on '{message.Topic}': {result.Status}, {result.ReasonCode} {result.ReasonString}");
            }

            return result.ReasonCode != MqttReasonCode.NoMatchingSubscribers;
        }
        catch (Exception lost) when (lost is MqttClientException or ObjectDisposedException)
        {
            throw new GatewayLinkException($"the connection to {options.Endpoint} for partition {partition} was lost: {lost.Message}", lost);
        }
    }

    private async Task ConnectAsync(MqttClient client)
    {
        try
        {
            // Known kinds only, in one subscription: a birth and the frames behind it stay in order.
            MqttSubscription subscription = await client.SubscribeAsync(
                [.. handlers.Keys.Select(kind => GatewayTopics.FilterFor(kind, partition))],
                HandleAsync,
                new MqttSubscribeOptions { Acknowledgement = MqttAcknowledgementMode.Manual, RetainAsPublished = true, QueueCapacityBytes = QueueBytes });
            await client.ConnectAsync();
            await subscription.Accepted;
        }
        catch (MqttSubscriptionRefusedException refused)
        {
            WorkerLog.SubscriptionRefused(logger, partition, refused);
        }
        catch (Exception ended) when (ended is MqttClientException or OperationCanceledException or ObjectDisposedException)
        {
            // The client says why in its own log, and tries for ever; this is the end of it, by CloseAsync or by another worker.
        }
    }

    private void OnDisconnected(MqttDisconnection end)
    {
        if (end is { ByServer: true, Reason: MqttReasonCode.SessionTakenOver } && !_stopped)
        {
            // To reconnect would be to take the session back, and so on for ever. The client ends with the first step of this, before it looks for a connection again.
            Stop();
            _leaving = _client!.DisconnectAsync();
            onTakenOver(partition);
        }
    }

    private async ValueTask HandleAsync(MqttReceivedMessage message, CancellationToken ended)
    {
        await _taking.WaitAsync(ended);
        try
        {
            if (!_stopped && TopicAddress.TryParse(message.TopicUtf8.Span, out TopicAddress address) is var isKnown)
            {
                // A topic that names no gateway is telemetry's to reject.
                GatewayMessageHandler handler = handlers[isKnown ? address.Kind : TopicKind.Telemetry];
                await handler(Delivery(message), ended);
            }
        }
        finally
        {
            _taking.Release();
        }
    }

    private Delivery Delivery(in MqttReceivedMessage message) => new(
        message.TopicUtf8,
        message.Payload,
        _via,
        time.GetUtcNow().ToUnixTimeMilliseconds(),
        message.Retain,
        new Confirmation(message.PendingAcknowledgement));
}
