using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <content>CONNACK and the ways a connection ends.</content>
internal sealed partial class ClientConnection
{
    /// <summary>How long the last bytes may take to leave before the transport is cut.</summary>
    private const int LingerMilliseconds = 2000;

    private long _lastPacketAt;
    private int _keepAliveMilliseconds;
    private uint _sessionExpiry;
    private volatile bool _isPaused;

    /// <summary>
    /// Ends the connection: tells an MQTT 5 client why, sends what is already written, cuts the transport if that takes too long. Any thread may call; only
    /// the first call counts.
    /// </summary>
    public void Close(MqttReasonCode reason)
    {
        var previous = (ConnectionState)Interlocked.Exchange(ref _state, (int)ConnectionState.Closing);
        if (previous == ConnectionState.Closing)
        {
            return;
        }

        _core.Connections.Linger(_context, _core.Clock.Now + LingerMilliseconds);

        // [MQTT-3.14.0-1]: DISCONNECT only after a successful CONNACK; 3.1.1 has none from the server.
        if (reason != MqttReasonCode.Success && Version == MqttProtocolVersion.V500
            && previous is ConnectionState.Connected or ConnectionState.Reauthenticating)
        {
            var mustFlush = false;
            lock (_output.Gate)
            {
                MqttPacketWriter.WriteDisconnect(_output, new MqttDisconnectPacket(reason, default), Version);
                mustFlush = _output.Commit();
            }

            if (mustFlush)
            {
                _output.Flush();
            }
        }

        _input.CancelPendingRead();
    }

    /// <summary>Closes the connection if the client has kept silent for too long. Called now and then.</summary>
    public void Tick(long now)
    {
        var silence = now - Volatile.Read(ref _lastPacketAt);
        switch (State)
        {
            case ConnectionState.AwaitingConnect or ConnectionState.Answering or ConnectionState.Authenticating
                when silence > _core.Options.ConnectTimeout.TotalMilliseconds && !_isPaused:
                Close(MqttReasonCode.MaximumConnectTime);
                break;

            // [MQTT-3.1.2-22]: one and a half times the keep-alive
            case ConnectionState.Connected or ConnectionState.Reauthenticating
                when _keepAliveMilliseconds > 0 && silence > _keepAliveMilliseconds && !_isPaused:
                _core.Metrics.KeepAliveTimeout();
                Close(MqttReasonCode.KeepAliveTimeout);
                break;
            default:
                break;
        }
    }

    private void TakeDisconnect(in MqttDisconnectPacket disconnect)
    {
        if (disconnect.Properties.GetNumber(MqttPropertyId.SessionExpiryInterval) is { } expiry)
        {
            // 3.14.2.2.2: a session that was to end with the connection cannot be made to stay
            if (_sessionExpiry == 0 && expiry != 0)
            {
                throw new MqttProtocolException(MqttReasonCode.ProtocolError, "DISCONNECT sets a Session Expiry Interval that CONNECT had as 0 (section 3.14.2.2.2)");
            }

            _session!.SetExpiry(Math.Min(expiry, MaximumExpirySeconds));
        }

        // [MQTT-3.14.4-3]: a normal end takes the Will back.
        if (disconnect.ReasonCode == MqttReasonCode.Success)
        {
            TakeWill();
        }
    }

    private void ReportProtocolError(MqttProtocolException error)
    {
        _core.Metrics.ProtocolError();
        _core.Logger.ProtocolError(_client?.ClientId, _context.RemoteEndPoint, error.Reason, error.Message);
        if (State is ConnectionState.Answering or ConnectionState.Authenticating)
        {
            Refuse(error.Reason, error.Message);
            return;
        }

        // A bad CONNECT gets a CONNACK if it claims to be one and MQTT 3.1.1 has a code for the fault ([MQTT-3.1.4-2]); other first packets get nothing.
        if (State == ConnectionState.AwaitingConnect && _isConnectSeen
            && (Version == MqttProtocolVersion.V500 || error.Reason == MqttReasonCode.UnsupportedProtocolVersion))
        {
            Refuse(error.Reason, error.Message);
            return;
        }

        Close(error.Reason);
    }

    private void Refuse(MqttReasonCode reason, string? sentence)
    {
        _core.Metrics.Refused();

        // [MQTT-3.2.2-19]: no Reason String that might make the packet larger than the client takes
        const int roomForSentence = 1024;
        var mostBytes = _handshake?.Connect?.Properties.GetNumber(MqttPropertyId.MaximumPacketSize) ?? uint.MaxValue;
        var properties = sentence is null || mostBytes < roomForSentence ? default : new MqttPropertyBuilder().Add(MqttPropertyId.ReasonString, sentence).Build();
        WriteConnAck(new MqttConnAckPacket(false, reason, properties));
        _output.Flush();
        Close(MqttReasonCode.Success);
    }

    private void WriteConnAck(Handshake handshake, MqttClientAuthenticationResult result, bool isPresent, uint? expiry, ushort? keepAlive)
    {
        var options = _core.Options;
        var properties = new MqttPropertyBuilder();
        if (Version == MqttProtocolVersion.V500)
        {
            properties.Add(MqttPropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum).Add(MqttPropertyId.MaximumPacketSize, (uint)options.MaximumPacketSize);
            AddIf(properties, MqttPropertyId.TopicAliasMaximum, options.TopicAliasMaximum == 0 ? null : (uint)options.TopicAliasMaximum);
            AddIf(properties, MqttPropertyId.SessionExpiryInterval, expiry);
            AddIf(properties, MqttPropertyId.ServerKeepAlive, keepAlive);
            if (handshake.Connect!.ClientId.IsEmpty)
            {
                properties.Add(MqttPropertyId.AssignedClientIdentifier, _client!.ClientId);
            }

            AddAuthentication(properties, result.Data);
        }

        WriteConnAck(new MqttConnAckPacket(isPresent, MqttReasonCode.Success, properties.Build()));
    }

    private void WriteConnAck(in MqttConnAckPacket packet)
    {
        lock (_output.Gate)
        {
            MqttPacketWriter.WriteConnAck(_output, packet, Version);
            _output.Commit();
        }
    }

    private void WriteAuth(MqttReasonCode reason, ReadOnlyMemory<byte>? data)
    {
        var properties = new MqttPropertyBuilder();
        AddAuthentication(properties, data);
        var mustFlush = false;
        lock (_output.Gate)
        {
            MqttPacketWriter.WriteAuth(_output, new MqttAuthPacket(reason, properties.Build()));
            mustFlush = _output.Commit();
        }

        if (mustFlush)
        {
            _output.Flush();
        }
    }

    // [MQTT-4.12.0-5], [MQTT-4.12.0-6]: the method the client chose, and only if it chose one
    private void AddAuthentication(MqttPropertyBuilder properties, ReadOnlyMemory<byte>? data)
    {
        if (_handshake?.Method is not { } method)
        {
            return;
        }

        properties.Add(MqttPropertyId.AuthenticationMethod, method);
        if (data is { } bytes)
        {
            properties.Add(MqttPropertyId.AuthenticationData, bytes.Span);
        }
    }

    private static void AddIf(MqttPropertyBuilder properties, MqttPropertyId id, uint? value)
    {
        if (value is { } number)
        {
            properties.Add(id, number);
        }
    }

    /// <summary>Leaves nothing behind: session detached or ended, Will published or waiting, last bytes sent, buffers returned.</summary>
    private async Task EndAsync()
    {
        Close(MqttReasonCode.Success);
        _intake?.Close();
        if (_session is not null)
        {
            _core.Sessions.Close(_session, this, out var wills);
            _core.Wills.Publish(wills);
        }

        await _output.WhenEmptyAsync().ConfigureAwait(false);
        _output.Close();
        _core.Metrics.PublishesSent(PublishesSent);
        _core.Connections.Remove(this);
        if (_scratch is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(_scratch);
            _scratch = null;
        }

        await _input.CompleteAsync().ConfigureAwait(false);
        await _context.Transport.Output.CompleteAsync().ConfigureAwait(false);
    }
}
