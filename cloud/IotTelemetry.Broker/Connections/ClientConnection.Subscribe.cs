using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <content>SUBSCRIBE, UNSUBSCRIBE and PINGREQ.</content>
internal sealed partial class ClientConnection
{
    private void TakeSubscribe(in MqttSubscribePacket packet, FlushList flushes)
    {
        uint[] identifiers = packet.Properties.GetNumber(MqttPropertyId.SubscriptionIdentifier) is { } identifier ? [identifier] : [];
        var codes = new byte[packet.Subscriptions.Count];
        List<OutboundMessage>? retained = null;
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (byte)Subscribe(packet.Subscriptions[i], identifiers, ref retained);
        }

        WriteSubAck(MqttPacketType.SubAck, packet.PacketId, codes, flushes);
        if (retained is not null)
        {
            _session!.DeliverRetained(retained, flushes);
        }
    }

    private MqttReasonCode Subscribe(in MqttSubscriptionRequest request, uint[] identifiers, ref List<OutboundMessage>? retained)
    {
        var isShared = MqttTopicFilter.TrySplitShared(request.Filter.Span, out _, out var filter);
        if (filter.Count((byte)'/') >= _core.Options.MaximumTopicLevels)
        {
            return Failure(MqttReasonCode.TopicFilterInvalid);
        }

        if (_core.Authorizer is { } authorizer && !authorizer.MaySubscribe(_client!, filter))
        {
            _core.Metrics.PermissionRefused();
            return Failure(MqttReasonCode.NotAuthorized);
        }

        var subscription = new Subscription
        {
            Session = _session!,
            Filter = request.Filter.ToArray(),
            MaximumQualityOfService = request.MaximumQualityOfService,
            NoLocal = request.NoLocal,
            RetainAsPublished = request.RetainAsPublished,
            Identifiers = identifiers,
        };
        if (!_session!.Subscribe(subscription, out var isNew))
        {
            return Failure(MqttReasonCode.QuotaExceeded);
        }

        // 4.8.2: a shared subscription gets no retained messages when it is made.
        var wantsRetained = request.RetainHandling == MqttRetainHandling.SendAlways
            || (request.RetainHandling == MqttRetainHandling.SendIfNew && isNew);
        if (wantsRetained && !isShared)
        {
            CollectRetained(filter, subscription, ref retained);
        }

        return (MqttReasonCode)request.MaximumQualityOfService;
    }

    private void CollectRetained(ReadOnlySpan<byte> filter, Subscription subscription, ref List<OutboundMessage>? retained)
    {
        if (_core.Retained.Count == 0)
        {
            return;
        }

        var found = new List<StoredMessage>();
        _core.Retained.Match(filter, _now, found);
        foreach (var message in found)
        {
            var qualityOfService = message.QualityOfService < subscription.MaximumQualityOfService
                ? message.QualityOfService
                : subscription.MaximumQualityOfService;
            (retained ??= []).Add(new OutboundMessage(message, qualityOfService, retain: true, subscription.Identifiers));
        }
    }

    private void TakeUnsubscribe(in MqttUnsubscribePacket packet, FlushList flushes)
    {
        var codes = new byte[packet.Filters.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            var removed = _session!.Unsubscribe(packet.Filters[i].Span);
            codes[i] = (byte)(removed ? MqttReasonCode.Success : MqttReasonCode.NoSubscriptionExisted);
        }

        WriteSubAck(MqttPacketType.UnsubAck, packet.PacketId, codes, flushes);
    }

    private void TakePing(ReadOnlyMemory<byte> body, FlushList flushes)
    {
        if (body.Length != 0)
        {
            throw new MqttProtocolException(MqttReasonCode.MalformedPacket, "PINGREQ has no body (section 3.12)");
        }

        if (_pingsAnsweredAhead > 0)
        {
            _pingsAnsweredAhead--;
            return;
        }

        lock (_output.Gate)
        {
            MqttPacketWriter.WritePingResp(_output);
            if (_output.Commit())
            {
                flushes.Add(_output);
            }
        }
    }

    private void WriteSubAck(MqttPacketType type, ushort packetId, byte[] codes, FlushList flushes)
    {
        var packet = new MqttSubAckPacket(packetId, default, codes);
        lock (_output.Gate)
        {
            if (type == MqttPacketType.SubAck)
            {
                MqttPacketWriter.WriteSubAck(_output, packet, Version);
            }
            else
            {
                MqttPacketWriter.WriteUnsubAck(_output, packet, Version);
            }

            if (_output.Commit())
            {
                flushes.Add(_output);
            }
        }
    }

    // MQTT 3.1.1 knows one failure ([MQTT-3.9.3-2] there).
    private MqttReasonCode Failure(MqttReasonCode reason) => Version == MqttProtocolVersion.V500 ? reason : MqttReasonCode.UnspecifiedError;
}
