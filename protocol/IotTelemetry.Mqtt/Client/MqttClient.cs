using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// An MQTT client for one session: connects, stays connected, publishes, subscribes. Thread-safe. Dispose ends it in bounded time.
/// </summary>
/// <remarks>
/// One lock guards the session: the outgoing buffer, the packets in flight, what waits, the acknowledgements due. It is held for one packet at a time and
/// never while user code runs. A connection has one receive loop and one writer; handlers and awaiting publishers run on the thread pool.
/// </remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly MqttPropertyBuilder _properties = new();
    private MqttClientState _state = MqttClientState.Created;

    /// <summary>The connection that publishes go to; null while there is none.</summary>
    private MqttConnection? _connection;

    /// <summary>Creates a client; nothing is sent before <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="ArgumentException">An option is not allowed.</exception>
    public MqttClient(MqttClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _clientId = options.ClientId;
        _encoder = new PublishEncoder(options.ProtocolVersion);
        _opener = new ConnectionOpener(options);
    }

    /// <summary>Raised after each connection. Handlers must not block.</summary>
    public event Action<MqttConnectionInfo>? Connected;

    /// <summary>Raised after each connection ends, and for each failed attempt to reconnect. Handlers must not block.</summary>
    public event Action<MqttDisconnection>? Disconnected;

    /// <summary>Where the client stands.</summary>
    public MqttClientState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>What the server said at the latest connection, or null before the first.</summary>
    public MqttConnectionInfo? ConnectionInfo { get; private set; }

    /// <summary>Counts since the client was created.</summary>
    public MqttClientCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return new MqttClientCounters
                {
                    Connections = _connections,
                    MessagesReceived = _messagesReceived,
                    MessagesDropped = _droppedByEnded + _subscriptions.Sum(static subscription => subscription.Dropped),
                    MessagesUnmatched = _messagesUnmatched,
                    HandlerErrors = Interlocked.Read(ref _handlerErrors),
                    UnknownAcknowledgements = _unknownAcknowledgements,
                    Retransmissions = _retransmitted,
                    PublishesInFlight = _inflight.Count,
                    PublishesWaiting = _immediateLane.Count + _acknowledgedLane.Count,
                };
            }
        }
    }

    /// <summary>Moves to the next state; called under the lock.</summary>
    private void MoveTo(MqttClientState next)
    {
        if (!ClientTransitions.IsAllowed(_state, next))
        {
            throw new InvalidOperationException($"A client that is {_state} cannot become {next}.");
        }

        _state = next;
    }

    private void ThrowIfEnded()
    {
        ObjectDisposedException.ThrowIf(_state == MqttClientState.Disposed, this);
        if (_state == MqttClientState.Closed)
        {
            throw new MqttConnectionLostException("The client is closed: it was disconnected, or lost its connection with reconnection turned off.");
        }
    }
}
