using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Handlers;
using IotTelemetry.Broker.Limits;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// Takes one client's publishes: alias, permission, handlers, delivery, acknowledgement. Works on the received bytes without copying or allocating. Used by
/// the connection's read loop only, except for acknowledgements that handlers have deferred.
/// </summary>
internal sealed class PublishIntake(BrokerCore core, ClientConnection connection, Session session, MqttClientInfo client)
{
    private readonly PublishRoute _route = new(session, core.Subscriptions, core.Handlers);
    private readonly ClientRate? _rate = ClientRate.Create(core.Options, core.Clock.Now);
    private AcknowledgementWindow? _window;
    private MqttInboundPublish? _inbound;
    private byte[]?[]? _aliases;
    private MqttPublishPacket _packet;
    private ReadOnlyMemory<byte> _topic;
    private ValueTask _handling;
    private long _receivedAt;
    private long _pauseMilliseconds;
    private int _nextHandler;
    private uint _ticket;
    private bool _hasTicket;
    private int _awaitingRelease;
    private int _receivedInBatch;

    /// <summary>A handler has not returned: <see cref="Resume"/> before anything else.</summary>
    public bool IsInProgress { get; private set; }

    /// <summary>How long not to read after <see cref="BatchStep.Rate"/>.</summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds(_pauseMilliseconds);

    /// <summary>Publishes whose acknowledgement is deferred.</summary>
    public int Deferred => _window?.Count ?? 0;

    /// <summary>Takes a PUBLISH packet.</summary>
    public BatchStep Begin(MqttFixedHeader header, ReadOnlyMemory<byte> body, FlushList flushes)
    {
        _packet = MqttPacketReader.ReadPublish(header, body, connection.Version);
        _topic = _packet.Topic;
        _receivedAt = connection.Now;
        _receivedInBatch++;
        if (_packet.Properties.GetNumber(MqttPropertyId.TopicAlias) is { } alias)
        {
            _topic = ResolveAlias(alias);
        }

        if (_packet.QualityOfService != MqttQualityOfService.AtMostOnce && !Admit(flushes))
        {
            return AfterPublish(body.Length);
        }

        if (!IsAllowed())
        {
            Finish(MqttReasonCode.NotAuthorized, flushes);
            return AfterPublish(body.Length);
        }

        if (!_route.IsFor(_topic.Span) && _topic.Span.Count((byte)'/') >= core.Options.MaximumTopicLevels)
        {
            throw new MqttProtocolException(MqttReasonCode.TopicNameInvalid, $"A topic has more than {core.Options.MaximumTopicLevels} levels.");
        }

        _route.Resolve(_topic.Span);
        if (_route.Handlers.IsEmpty)
        {
            Finish(MqttReasonCode.Success, flushes);
            return AfterPublish(body.Length);
        }

        PrepareInbound();
        return Handle(flushes) ? AfterPublish(body.Length) : BatchStep.Handler;
    }

    /// <summary>Goes on after the handler that was waited for has returned.</summary>
    public BatchStep Resume(FlushList flushes)
    {
        IsInProgress = false;
        return Handle(flushes) ? AfterPublish(_packet.Payload.Length) : BatchStep.Handler;
    }

    /// <summary>Waits for the handler that has not returned. Its failure becomes the reason code.</summary>
    public async Task WhenHandledAsync()
    {
        var handler = _route.Handlers[_nextHandler - 1];
        try
        {
            await _handling.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed(handler, e);
        }
    }

    /// <summary>Completes when there is room for another unacknowledged publish.</summary>
    public Task WhenAcknowledgedAsync() => _window!.WhenBelowAsync(core.Options.ReceiveMaximum);

    /// <summary>PUBREC has gone out for a QoS 2 publish: it counts against Receive Maximum until PUBREL.</summary>
    public void AwaitRelease() => Interlocked.Increment(ref _awaitingRelease);

    /// <summary>PUBREL: the packet identifier of a QoS 2 publish is free again.</summary>
    public void Release(ushort packetId, FlushList flushes)
    {
        var isKnown = session.ReleaseInbound(packetId);
        if (isKnown && Volatile.Read(ref _awaitingRelease) > 0)
        {
            Interlocked.Decrement(ref _awaitingRelease);
        }

        connection.WriteAck(MqttPacketType.PubComp, packetId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound, flushes);
    }

    /// <summary>Hands the acknowledgement of the publish in progress to a handler.</summary>
    public MqttDeferredAcknowledgement Defer()
    {
        if (_packet.QualityOfService == MqttQualityOfService.AtMostOnce)
        {
            return default;
        }

        _window ??= new AcknowledgementWindow(connection);
        if (!_hasTicket)
        {
            _ticket = _window.Open(_packet.PacketId, _packet.QualityOfService);
            _hasTicket = true;
        }

        return _window.Defer(_ticket);
    }

    /// <summary>Accounts for the batch.</summary>
    public void EndBatch()
    {
        if (_receivedInBatch > 0)
        {
            core.Metrics.PublishesReceived(_receivedInBatch);
            _receivedInBatch = 0;
        }
    }

    /// <summary>The connection is over: deferred acknowledgements have nobody to go to.</summary>
    public void Close() => _window?.Close();

    private ReadOnlyMemory<byte> ResolveAlias(uint alias)
    {
        // [MQTT-3.3.2-8], [MQTT-3.3.2-9]: 1 to the maximum that CONNACK has named
        if (alias == 0 || alias > core.Options.TopicAliasMaximum)
        {
            throw new MqttProtocolException(
                MqttReasonCode.TopicAliasInvalid, $"[MQTT-3.3.2-9] topic alias {alias}; allowed is 1 to {core.Options.TopicAliasMaximum}");
        }

        _aliases ??= new byte[core.Options.TopicAliasMaximum][];
        ref var known = ref _aliases[alias - 1];
        if (_topic.Length > 0)
        {
            if (known is null || !_topic.Span.SequenceEqual(known))
            {
                known = _topic.ToArray();
            }

            return _topic;
        }

        return known ?? throw new MqttProtocolException(
            MqttReasonCode.ProtocolError, $"[MQTT-3.3.2-12] topic alias {alias} has not been given a topic on this connection (section 3.3.4)");
    }

    /// <summary>Counts the publish against Receive Maximum. False if it is a repeat of a QoS 2 publish and thus answered already.</summary>
    private bool Admit(FlushList flushes)
    {
        // [MQTT-3.3.4-7], 4.9: the client knows how many it may send
        if (connection.Version == MqttProtocolVersion.V500 && Deferred + Volatile.Read(ref _awaitingRelease) >= core.Options.ReceiveMaximum)
        {
            throw new MqttProtocolException(
                MqttReasonCode.ReceiveMaximumExceeded, $"[MQTT-3.3.4-7] more than {core.Options.ReceiveMaximum} unacknowledged publishes");
        }

        if (_packet.QualityOfService == MqttQualityOfService.AtLeastOnce)
        {
            return true;
        }

        switch (session.BeginInbound(_packet.PacketId))
        {
            case null:
                return true;
            case InboundState.Received:
                connection.WriteAck(MqttPacketType.PubRec, _packet.PacketId, MqttReasonCode.Success, flushes);
                return false;
            default:
                return false;
        }
    }

    private bool IsAllowed()
    {
        // 4.7.2: names that begin with $SYS/ are the server's own
        var topic = _topic.Span;
        if (topic.StartsWith("$SYS/"u8)
            || (core.Authorizer is { } authorizer && !authorizer.MayPublish(client, topic, _packet.QualityOfService, _packet.Retain)))
        {
            core.Metrics.PermissionRefused();
            return false;
        }

        return true;
    }

    private void PrepareInbound()
    {
        _inbound ??= new MqttInboundPublish(client, this);
        _inbound.TopicUtf8 = _topic;
        _inbound.Payload = _packet.Payload;
        _inbound.Properties = _packet.Properties;
        _inbound.QualityOfService = _packet.QualityOfService;
        _inbound.Retain = _packet.Retain;
        _inbound.Duplicate = _packet.Duplicate;
        _inbound.ReasonCode = MqttReasonCode.Success;
        _nextHandler = 0;
    }

    /// <summary>Calls the handlers that are left. False if one of them has to be waited for.</summary>
    private bool Handle(FlushList flushes)
    {
        while (_nextHandler < _route.Handlers.Length)
        {
            var registration = _route.Handlers[_nextHandler++];
            try
            {
                var handling = registration.Handler.HandleAsync(_inbound!, connection.Closed);
                if (!handling.IsCompleted)
                {
                    _handling = handling;
                    IsInProgress = true;
                    return false;
                }

                handling.GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                Failed(registration, e);
            }
        }

        Finish(_inbound!.ReasonCode, flushes);
        return true;
    }

    private void Failed(HandlerRegistration registration, Exception e)
    {
        core.Metrics.HandlerFailed();
        _inbound!.ReasonCode = MqttReasonCode.ImplementationSpecificError;
        if (registration.CountFailure())
        {
            core.Logger.HandlerFailed(e, registration.Filter, client.ClientId);
        }
    }

    /// <summary>Delivers the message unless it was refused, and acknowledges it.</summary>
    private void Finish(MqttReasonCode reason, FlushList flushes)
    {
        if (!reason.IsError() && !(_route.IsEmpty && !_packet.Retain))
        {
            reason = Deliver(reason, flushes);
        }
        else if (!reason.IsError() && connection.Version == MqttProtocolVersion.V500)
        {
            reason = MqttReasonCode.NoMatchingSubscribers;
        }

        if (_packet.QualityOfService != MqttQualityOfService.AtMostOnce)
        {
            Acknowledge(reason, flushes);
        }
    }

    private MqttReasonCode Deliver(MqttReasonCode handled, FlushList flushes)
    {
        if (_route.Targets.IsEmpty && _route.Groups.IsEmpty && !_packet.Retain)
        {
            return handled;
        }

        var publish = new PublishView
        {
            Topic = _topic.Span,
            Properties = HopProperties.Remove(_packet.Properties).Span,
            Payload = _packet.Payload.Span,
            QualityOfService = _packet.QualityOfService,
            Retain = _packet.Retain,
            ExpirySeconds = _packet.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval),
            ReceivedAt = _receivedAt,
        };
        var reason = core.Router.Publish(ref publish, _route, flushes);
        return reason == MqttReasonCode.NoMatchingSubscribers && !_route.Handlers.IsEmpty ? handled : reason;
    }

    private void Acknowledge(MqttReasonCode reason, FlushList flushes)
    {
        bool mustFlush;
        if (_hasTicket)
        {
            _hasTicket = false;
            mustFlush = _window!.Release(_ticket, reason);
        }
        else if (Deferred > 0)
        {
            mustFlush = _window!.Release(_window.Open(_packet.PacketId, _packet.QualityOfService), reason);
        }
        else
        {
            mustFlush = ((IAcknowledgementSink)connection).Acknowledge(_packet.PacketId, _packet.QualityOfService, reason);
        }

        if (mustFlush)
        {
            connection.OweFlush(flushes);
        }
    }

    private BatchStep AfterPublish(int bytes)
    {
        if (_rate is not null)
        {
            _pauseMilliseconds = _rate.Spend(1, bytes, core.Clock.Now);
            if (_pauseMilliseconds > 0)
            {
                return BatchStep.Rate;
            }
        }

        return connection.Version == MqttProtocolVersion.V311 && Deferred >= core.Options.ReceiveMaximum ? BatchStep.Acknowledgements : BatchStep.Continue;
    }
}
