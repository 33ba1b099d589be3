using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Transport;

namespace IotTelemetry.Mqtt;

/// <summary>
/// One accepted network connection: a receive loop, a writer, a keep-alive watch. It knows nothing of sessions; what it reads goes to the client, what
/// it sends comes from <see cref="Outgoing"/>, both guarded by the client's lock.
/// </summary>
internal sealed class MqttConnection : IAsyncDisposable
{
    private readonly MqttClient _client;
    private readonly MqttClientOptions _options;
    private readonly Lock _gate;
    private readonly IMqttTransport _transport;
    private readonly ReceiveBuffer _received;
    private readonly KeepAliveMonitor _keepAlive;
    private readonly WakeSignal _writerWake = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionEnd? _end;
    private ConnectionEnd? _goodbye;
    private bool _closing;

    public MqttConnection(
        MqttClient client, MqttClientOptions options, Lock gate, IMqttTransport transport, ReceiveBuffer received, MqttConnectionInfo info, long firstSequence)
    {
        _client = client;
        _options = options;
        _gate = gate;
        _transport = transport;
        _received = received;
        Info = info;
        Outgoing = new OutgoingBuffer(options.OutgoingBufferBytes);
        Window = new IncomingWindow(firstSequence);
        IncomingAliases = new TopicAliasReceiver(options.TopicAliasMaximum);
        OutgoingAliases = new TopicAliasSender(Math.Min(info.TopicAliasMaximum, options.SendTopicAliasMaximum));
        _keepAlive = new KeepAliveMonitor(info.KeepAlive, options.TimeProvider);
    }

    public MqttConnectionInfo Info { get; }

    public OutgoingBuffer Outgoing { get; }

    public IncomingWindow Window { get; }

    public TopicAliasReceiver IncomingAliases { get; }

    public TopicAliasSender OutgoingAliases { get; }

    /// <summary>QoS 1 and 2 publications of the server without PUBACK or PUBCOMP.</summary>
    public int Outstanding { get; set; }

    /// <summary>Tells the writer that there is something to send. Called under the client's lock.</summary>
    public void Wake() => _writerWake.Set();

    /// <summary>Works until the connection has ended, and says why.</summary>
    public async Task<ConnectionEnd> RunAsync()
    {
        var writer = WriteAsync();
        var watch = WatchAsync();
        var receive = ReceiveAsync();
        await receive.ConfigureAwait(false);
        Cut();
        await writer.ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        return _end!;
    }

    /// <summary>
    /// Says why and closes: DISCONNECT is sent after what is already encoded, if that takes no longer than <paramref name="patience"/>. Also before <see cref="RunAsync"/>, whose writer
    /// then begins with it.
    /// </summary>
    public async Task CloseAsync(ConnectionEnd end, MqttReasonCode reason, MqttProperties properties, TimeSpan patience)
    {
        lock (_gate)
        {
            if (_closing || _end is not null)
            {
                return;
            }

            _closing = true;
            _goodbye = end;
            _client.Detach(this); // nothing may follow DISCONNECT [MQTT-3.14.4-1]
            if (_options.ProtocolVersion == MqttProtocolVersion.V500 || reason == MqttReasonCode.Success)
            {
                MqttPacketWriter.WriteDisconnect(Outgoing, new MqttDisconnectPacket(reason, properties), _options.ProtocolVersion);
            }

            Wake();
        }

        var first = await Task.WhenAny(_written.Task, Task.Delay(patience, _options.TimeProvider, _stop.Token)).ConfigureAwait(false);
        End(first == _written.Task || end.Exception is not null
            ? end
            : end with { Exception = new TimeoutException($"DISCONNECT could not be sent within {patience}; to the server this is a lost connection.") });
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _transport.DisposeAsync().ConfigureAwait(false);
        _received.Dispose();
    }

    /// <summary>Ends the connection at once; the first reason counts.</summary>
    private void End(ConnectionEnd end)
    {
        Interlocked.CompareExchange(ref _end, end, null);
        Cut();
    }

    private void Cut()
    {
        // In this order: a socket closed while a call is pending on it is reset, and a reset takes back what the peer has not read yet, DISCONNECT too.
        _stop.Cancel();
        _transport.Abort();
        lock (_gate)
        {
            _closing = true;
            Wake();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> batch;
                ValueTask wake = default;
                lock (_gate)
                {
                    batch = Outgoing.Swap();
                    if (batch.Length > 0)
                    {
                        _client.Pump(this);
                    }
                    else if (_closing)
                    {
                        return;
                    }
                    else
                    {
                        wake = _writerWake.Arm();
                    }
                }

                if (batch.Length > 0)
                {
                    await _transport.SendAsync(batch, _stop.Token).ConfigureAwait(false);
                    _keepAlive.Sent();
                }
                else
                {
                    await wake.ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            End(ConnectionEnd.Broken(exception)); // reported by the client, as what ended the connection
        }
        finally
        {
            _written.TrySetResult();
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await _keepAlive.WatchAsync(Ping, _stop.Token).ConfigureAwait(false);
            End(new ConnectionEnd(
                MqttReasonCode.KeepAliveTimeout,
                Exception: new TimeoutException($"Nothing arrived for 1.4 times the keep-alive of {Info.KeepAlive}; the link is dead.")));
        }
        catch (OperationCanceledException)
        {
            // The connection ended first.
        }
    }

    private void Ping()
    {
        lock (_gate)
        {
            if (!_closing)
            {
                MqttPacketWriter.WritePingReq(Outgoing);
                Wake();
            }
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                while (_received.TryRead(out var header, out var body))
                {
                    if (header.Type == MqttPacketType.Disconnect)
                    {
                        EndByServer(body);
                        return;
                    }

                    if (header.Type == MqttPacketType.Auth)
                    {
                        await _client.OnAuthAsync(this, body, _stop.Token).ConfigureAwait(false);
                    }
                    else if (_client.OnPacket(this, header, body) is { } congested)
                    {
                        _client.EndOfBatch();
                        await congested.WaitForRoomAsync(_stop.Token).ConfigureAwait(false);
                    }
                }

                _client.EndOfBatch();
                var count = await _transport.ReceiveAsync(_received.GetFreeSpace(), _stop.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    await EndByLossAsync(new IOException("The server closed the connection without a DISCONNECT.")).ConfigureAwait(false);
                    return;
                }

                _keepAlive.Received();
                _received.Advance(count);
            }
        }
        catch (MqttProtocolException exception)
        {
            await CloseAsync(new ConnectionEnd(exception.Reason, Exception: exception), exception.Reason, default, _options.DisposeTimeout).ConfigureAwait(false);
            End(ConnectionEnd.Broken(exception));
        }
        catch (Exception exception)
        {
            await EndByLossAsync(exception).ConfigureAwait(false); // reported by the client, as what ended the connection
        }
        finally
        {
            _client.EndOfBatch(); // what came before the end is handled as well
        }
    }

    /// <summary>
    /// Nothing more can be received. That a server closes as soon as it has read our DISCONNECT (MQTT 5.0 section 3.14.4) is no loss, so once the goodbye
    /// has begun the writer decides whether it went well; <see cref="CloseAsync"/> bounds how long that takes.
    /// </summary>
    private async Task EndByLossAsync(Exception exception)
    {
        ConnectionEnd? goodbye;
        lock (_gate)
        {
            goodbye = _goodbye;
        }

        if (goodbye is not null)
        {
            await _written.Task.ConfigureAwait(false);
        }

        End(goodbye ?? ConnectionEnd.Broken(exception));
    }

    private void EndByServer(ReadOnlyMemory<byte> body)
    {
        var packet = MqttPacketReader.ReadDisconnect(body, _options.ProtocolVersion);
        if (_options.ProtocolVersion == MqttProtocolVersion.V311 || packet.Properties.Has(MqttPropertyId.SessionExpiryInterval))
        {
            throw MqttProtocolException.Protocol(
                "[MQTT-3.14.2-2] a server must not send a session expiry in DISCONNECT, nor any DISCONNECT in 3.1.1");
        }

        End(new ConnectionEnd(
            packet.ReasonCode,
            ByServer: true,
            packet.Properties.GetString(MqttPropertyId.ServerReference),
            packet.Properties.GetString(MqttPropertyId.ReasonString)));
    }
}
