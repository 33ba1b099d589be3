using System.Globalization;
using System.Text;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;
using Microsoft.AspNetCore.Http.Features;

namespace IotTelemetry.Broker.Connections;

/// <content>CONNECT and AUTH, up to CONNACK (MQTT 5.0 sections 3.1, 3.2, 3.15 and 4.12).</content>
internal sealed partial class ClientConnection
{
    private MqttClientInfo? _client;
    private Handshake? _handshake;
    private PendingWill? _will;
    private bool _isConnectSeen;

    /// <summary>Takes the Will, which is published once at most.</summary>
    public PendingWill? TakeWill() => Interlocked.Exchange(ref _will, null);

    private BatchStep TakeFirst(MqttFixedHeader header, ReadOnlyMemory<byte> body)
    {
        if (header.Type != MqttPacketType.Connect)
        {
            throw new MqttProtocolException(MqttReasonCode.ProtocolError, $"[MQTT-3.1.0-1] the first packet is {header.Type}, not CONNECT");
        }

        _isConnectSeen = true;

        // The answer may take a while, so the packet is copied and the receive buffer let go.
        var copy = body.ToArray();
        Version = VersionOf(copy);
        var connect = MqttPacketReader.ReadConnect(copy);
        _handshake = new Handshake(connect);
        Move(ConnectionState.AwaitingConnect, ConnectionState.Answering);
        return BatchStep.Authenticate;
    }

    private BatchStep TakeAuthentication(MqttFixedHeader header, ReadOnlyMemory<byte> body)
    {
        if (header.Type == MqttPacketType.Disconnect)
        {
            return BatchStep.Close;
        }

        // [MQTT-3.1.2-30], 4.12: between AUTH packets of the handshake nothing else may come.
        if (header.Type != MqttPacketType.Auth)
        {
            throw new MqttProtocolException(MqttReasonCode.ProtocolError, $"[MQTT-3.1.2-30] {header.Type} during authentication");
        }

        var auth = MqttPacketReader.ReadAuth(body);
        var isRestart = State == ConnectionState.Connected;
        if (_handshake?.Method is not { } method || auth.Properties.GetString(MqttPropertyId.AuthenticationMethod) != method)
        {
            throw new MqttProtocolException(MqttReasonCode.ProtocolError, "[MQTT-4.12.0-5], [MQTT-4.12.1-1] AUTH names another method than CONNECT");
        }

        // Table 3-11: the client continues (0x18) what the broker began, or begins again (0x19)
        if (auth.ReasonCode != (isRestart ? MqttReasonCode.ReAuthenticate : MqttReasonCode.ContinueAuthentication))
        {
            throw new MqttProtocolException(MqttReasonCode.ProtocolError, $"AUTH with reason {auth.ReasonCode} does not fit here (section 3.15.2.1)");
        }

        _handshake.Next(auth.Properties.GetBytes(MqttPropertyId.AuthenticationData)?.ToArray(), isRestart);
        Move(ConnectionState.Authenticating, ConnectionState.Answering);
        return BatchStep.Authenticate;
    }

    /// <summary>Answers CONNECT or AUTH.</summary>
    private async Task AuthenticateAsync()
    {
        var handshake = _handshake!;
        var isConnecting = State == ConnectionState.Answering;
        if (handshake.Step == 0 && isConnecting && await RefusalAsync(handshake.Connect!).ConfigureAwait(false) is { } refusal)
        {
            Refuse(refusal, null);
            return;
        }

        var result = MqttClientAuthenticationResult.Accepted;
        if (_core.Authenticator is { } authenticator)
        {
            try
            {
                result = await authenticator.AuthenticateAsync(handshake.ToRequest(_client!), Closed).ConfigureAwait(false);
            }
            catch (Exception e) when (!Closed.IsCancellationRequested)
            {
                _core.Logger.AuthenticatorFailed(e, _client!.ClientId);
                result = new MqttClientAuthenticationResult { ReasonCode = MqttReasonCode.ServerUnavailable };
            }
        }

        handshake.State = result.State;
        if (result.ReasonCode == MqttReasonCode.ContinueAuthentication && handshake.Method is not null)
        {
            WriteAuth(MqttReasonCode.ContinueAuthentication, result.Data);
            Move(ConnectionState.Answering, ConnectionState.Authenticating);
            Move(ConnectionState.Connected, ConnectionState.Reauthenticating);
        }
        else if (result.ReasonCode != MqttReasonCode.Success)
        {
            var reason = result.ReasonCode.IsError() ? result.ReasonCode : MqttReasonCode.NotAuthorized;
            Fail(isConnecting, reason, result.Reason);
        }
        else if (isConnecting)
        {
            Accept(handshake, result);
        }
        else
        {
            WriteAuth(MqttReasonCode.Success, result.Data);
            Move(ConnectionState.Reauthenticating, ConnectionState.Connected);
        }
    }

    private void Fail(bool isConnecting, MqttReasonCode reason, string? sentence)
    {
        if (isConnecting)
        {
            Refuse(reason, sentence);
        }
        else
        {
            Close(reason);
        }
    }

    /// <summary>Looks at everything about a CONNECT that needs no authenticator, and waits for its turn. Nothing if it may go on.</summary>
    private async Task<MqttReasonCode?> RefusalAsync(MqttConnectPacket connect)
    {
        if (_core.Connections.Count > _core.Options.MaximumConnections || _core.ConnectGate.Enter() is not { } wait)
        {
            return MqttReasonCode.ConnectionRateExceeded;
        }

        if (wait > TimeSpan.Zero)
        {
            _isPaused = true;
            await Task.Delay(wait, _core.Clock.Time, Closed).ConfigureAwait(false);
        }

        // [MQTT-3.1.3-8] of 3.1.1: no identifier means a clean session
        if (connect.ClientId.IsEmpty && Version == MqttProtocolVersion.V311 && !connect.CleanStart)
        {
            return MqttReasonCode.ClientIdentifierNotValid;
        }

        _client = new MqttClientInfo
        {
            ClientId = connect.ClientId.IsEmpty ? "auto-" + Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture) : Encoding.UTF8.GetString(connect.ClientId.Span),
            UserName = connect.UserName is { } userName ? Encoding.UTF8.GetString(userName.Span) : null,
            ProtocolVersion = Version,
            RemoteEndPoint = _context.RemoteEndPoint,
            Certificate = _context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate,
        };

        // [MQTT-4.12.0-1]: a method that nobody here knows
        return _handshake!.Method is not null && _core.Authenticator is null ? MqttReasonCode.BadAuthenticationMethod : null;
    }

    private void Accept(Handshake handshake, MqttClientAuthenticationResult result)
    {
        var connect = handshake.Connect!;
        if (connect.Will is { } will)
        {
            if (will.Topic.Span.StartsWith("$SYS/"u8)
                || (_core.Authorizer is { } authorizer && !authorizer.MayPublish(_client!, will.Topic.Span, will.QualityOfService, will.Retain)))
            {
                _core.Metrics.PermissionRefused();
                Refuse(MqttReasonCode.NotAuthorized, "The Will topic is not permitted.");
                return;
            }

            _will = ToPendingWill(will);
        }

        var askedExpiry = SessionExpiryOf(connect);
        var expiry = Math.Min(askedExpiry, MaximumExpirySeconds);
        var askedKeepAlive = connect.KeepAliveSeconds;
        var keepAlive = KeepAliveFor(askedKeepAlive);
        _keepAliveMilliseconds = keepAlive * 1500;
        TakeLimits(connect.Properties);
        _sessionExpiry = askedExpiry;

        var session = _core.Sessions.Open(_client!.ClientId, connect.CleanStart, expiry, out var isPresent, out var takenOver, out var wills);
        _intake = new PublishIntake(_core, this, session, _client);
        WriteConnAck(handshake, result, isPresent, expiry == askedExpiry ? null : expiry, keepAlive == askedKeepAlive ? null : keepAlive);
        _session = session;
        Move(ConnectionState.Answering, ConnectionState.Connected);
        _core.Metrics.Accepted();
        handshake.Forget();

        var flushes = FlushList.Current;
        flushes.Add(_output);
        session.Attach(this, flushes);
        flushes.FlushAll();
        if (takenOver is not null)
        {
            _core.Metrics.TakenOver();
            takenOver.Close(MqttReasonCode.SessionTakenOver);
        }

        _core.Wills.Publish(wills);
    }

    private uint MaximumExpirySeconds => (uint)Math.Min(uint.MaxValue, _core.Options.MaximumSessionExpiry.TotalSeconds);

    // MQTT 3.1.1 has no expiry: a session that is not clean lives as long as the broker lets it.
    private uint SessionExpiryOf(MqttConnectPacket connect) => Version == MqttProtocolVersion.V500
        ? connect.Properties.GetNumber(MqttPropertyId.SessionExpiryInterval) ?? 0
        : connect.CleanStart ? 0 : MaximumExpirySeconds;

    private ushort KeepAliveFor(ushort asked)
    {
        if (_core.Options.MaximumKeepAlive is not { } maximum)
        {
            return asked;
        }

        var most = (ushort)maximum.TotalSeconds;
        return asked == 0 || asked > most ? most : asked;
    }

    private void TakeLimits(in MqttProperties properties)
    {
        _maximumPacketSize = properties.GetNumber(MqttPropertyId.MaximumPacketSize) ?? uint.MaxValue;
        SendMaximum = (int)Math.Min(_core.Options.MaximumInflight, properties.GetNumber(MqttPropertyId.ReceiveMaximum) ?? ushort.MaxValue);
        var aliases = Math.Min(_core.Options.OutgoingTopicAliasMaximum, properties.GetNumber(MqttPropertyId.TopicAliasMaximum) ?? 0);
        _aliases = aliases == 0 ? null : new OutgoingAliases((ushort)aliases);
    }

    private PendingWill ToPendingWill(MqttWillPacket will)
    {
        var message = new StoredMessage(
            will.Topic.Span, HopProperties.Remove(will.Properties).Span, will.Payload.Span, will.QualityOfService, expiresAt: 0);
        return new PendingWill(
            _client!,
            message,
            will.Retain,
            will.Properties.GetNumber(MqttPropertyId.WillDelayInterval) ?? 0,
            will.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval));
    }

    // A CONNECT that cannot be read is answered in the version it claims ([MQTT-3.1.2-2]).
    private static MqttProtocolVersion VersionOf(ReadOnlySpan<byte> connect)
    {
        const int levelOffset = 6;
        return connect.Length > levelOffset && connect[levelOffset] >= (byte)MqttProtocolVersion.V500 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311;
    }
}
