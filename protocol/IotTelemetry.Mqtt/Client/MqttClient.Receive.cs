using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <content>What the server sends. Everything here runs on a connection's receive loop, except acknowledgements.</content>
public sealed partial class MqttClient
{
    private readonly Dictionary<ushort, Qos2Receipt> _receipts = [];
    private readonly List<MqttSubscription> _matches = [];
    private readonly List<MqttSubscription> _touched = [];
    private long _generation;
    private long _messagesReceived;
    private long _messagesUnmatched;

    /// <summary>Takes one packet; returns a subscription whose queue has just become full, for the receive loop to give it a moment.</summary>
    /// <exception cref="MqttProtocolException">The packet is malformed or not allowed.</exception>
    internal MqttSubscription? OnPacket(MqttConnection connection, in MqttFixedHeader header, ReadOnlyMemory<byte> body)
    {
        switch (header.Type)
        {
            case MqttPacketType.Publish:
                return OnPublish(connection, MqttPacketReader.ReadPublish(header, body, _options.ProtocolVersion));
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubComp:
                OnPublishAnswer(connection, header.Type, body);
                return null;
            case MqttPacketType.PubRel:
                OnPubRel(connection, MqttPacketReader.ReadAck(header.Type, body, _options.ProtocolVersion).PacketId);
                return null;
            case MqttPacketType.SubAck:
                OnSubAck(MqttPacketReader.ReadSubAck(body, _options.ProtocolVersion));
                return null;
            case MqttPacketType.UnsubAck:
                OnUnsubAck(MqttPacketReader.ReadUnsubAck(body, _options.ProtocolVersion));
                return null;
            case MqttPacketType.PingResp:
                return body.Length == 0 ? null : throw MqttProtocolException.Malformed("PINGRESP has a body (section 3.13)");
            default:
                throw MqttProtocolException.Protocol($"A server must not send {header.Type} on an open connection");
        }
    }

    /// <summary>Starts the handlers that have something to do, once for all packets of one receive.</summary>
    internal void EndOfBatch()
    {
        foreach (var subscription in _touched)
        {
            subscription.Start();
        }

        _touched.Clear();
    }

    /// <summary>One handler's share in the acknowledgement of one message is done. Thread-safe.</summary>
    internal void Acknowledge(long token, MqttReasonCode reason)
    {
        if (token == 0)
        {
            return;
        }

        lock (_gate)
        {
            AcknowledgeLocked(token, reason);
        }
    }

    /// <summary>The same for many messages at once.</summary>
    internal void Acknowledge(ReadOnlySpan<(long Token, MqttReasonCode Reason)> acknowledgements)
    {
        lock (_gate)
        {
            foreach (var (token, reason) in acknowledgements)
            {
                AcknowledgeLocked(token, reason);
            }
        }
    }

    private void AcknowledgeLocked(long token, MqttReasonCode reason)
    {
        if (!AckToken.IsQos2(token))
        {
            if (_connection is { } connection && connection.Window.Complete(AckToken.Sequence(token), AckToken.HandlerBit(token), reason))
            {
                SendAcknowledgements(connection);
            }

            return;
        }

        var (generation, packetId) = AckToken.Qos2(token);
        if (!_receipts.TryGetValue(packetId, out var receipt) || receipt.Generation != generation)
        {
            return;
        }

        receipt.Pending &= ~AckToken.HandlerBit(token);
        if (!receipt.Reason.IsError())
        {
            receipt.Reason = reason;
        }

        // The PUBREC is due in the window of the connection that delivered the message last.
        if (receipt.Pending == 0 && _connection is { } current && current.Window == receipt.Window
            && receipt.Window.Complete(receipt.Sequence, ulong.MaxValue, receipt.Reason))
        {
            SendAcknowledgements(current);
        }
    }

    private MqttSubscription? OnPublish(MqttConnection connection, in MqttPublishPacket received)
    {
        var packet = received.Properties.GetNumber(MqttPropertyId.TopicAlias) is { } alias
            ? received with { Topic = connection.IncomingAliases.Resolve(alias, received.Topic) }
            : received;
        FindMatches(packet);
        var token = 0L;
        lock (_gate)
        {
            _messagesReceived++;
            _messagesUnmatched += _matches.Count == 0 ? 1 : 0;
            if (packet.QualityOfService != MqttQualityOfService.AtMostOnce && !Register(connection, packet, out token))
            {
                return null;
            }
        }

        MqttSubscription? congested = null;
        for (var i = 0; i < _matches.Count; i++)
        {
            var subscription = _matches[i];
            if (subscription.Enqueue(packet, AckToken.WithHandler(token, i), out var mustStart))
            {
                congested = subscription;
            }

            if (mustStart)
            {
                _touched.Add(subscription);
            }
        }

        return congested;
    }

    /// <summary>Notes a QoS 1 or 2 message whose acknowledgement is due; false if it needs no handler (nobody wants it, or it was delivered before).</summary>
    private bool Register(MqttConnection connection, in MqttPublishPacket packet, out long token)
    {
        token = 0;
        var pending = AckToken.PendingBits(_matches.Count);
        if (packet.QualityOfService == MqttQualityOfService.AtLeastOnce)
        {
            CountOutstanding(connection);
            var sequence = connection.Window.Add(packet.PacketId, MqttPacketType.PubAck, pending, MqttReasonCode.Success);
            token = AckToken.ForQos1(sequence);
        }
        else if (_receipts.TryGetValue(packet.PacketId, out var receipt))
        {
            // Seen before: the handlers do not get it again [MQTT-4.3.3-10], but this connection's PUBREC is due.
            if (receipt.Window != connection.Window)
            {
                CountOutstanding(connection);
            }
            else if (receipt.Pending != 0 || connection.Window.Count > ushort.MaxValue)
            {
                return false; // repeated on the same connection: its PUBREC is on its way
            }

            receipt.Window = connection.Window;
            receipt.Sequence = connection.Window.Add(packet.PacketId, MqttPacketType.PubRec, receipt.Pending, receipt.Reason);
            SendAcknowledgements(connection);
            return false;
        }
        else
        {
            CountOutstanding(connection);
            var sequence = connection.Window.Add(packet.PacketId, MqttPacketType.PubRec, pending, MqttReasonCode.Success);
            _receipts.Add(packet.PacketId, new Qos2Receipt(++_generation, pending) { Window = connection.Window, Sequence = sequence });
            token = AckToken.ForQos2(_generation, packet.PacketId);
        }

        if (pending == 0)
        {
            SendAcknowledgements(connection);
            return false;
        }

        return true;
    }

    private void CountOutstanding(MqttConnection connection)
    {
        // 3.1.1 has no Receive Maximum, but no more packet identifiers than this either.
        var maximum = _options.ProtocolVersion == MqttProtocolVersion.V500 ? Math.Min(_options.ReceiveMaximum + _options.ReceiveTolerance, ushort.MaxValue) : ushort.MaxValue;
        connection.Outstanding++;
        if (connection.Outstanding > maximum)
        {
            throw new MqttProtocolException(
                MqttReasonCode.ReceiveMaximumExceeded, $"[MQTT-3.3.4-9] the server has more than {maximum} QoS 1 and 2 messages unacknowledged");
        }
    }

    private void OnPubRel(MqttConnection connection, ushort packetId)
    {
        lock (_gate)
        {
            var known = _receipts.Remove(packetId);
            if (known && connection.Outstanding > 0)
            {
                connection.Outstanding--;
            }

            var reason = known ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
            if (connection == _connection)
            {
                MqttPacketWriter.WriteAck(
                    connection.Outgoing, MqttPacketType.PubComp, new MqttAckPacket(packetId, reason, default), _options.ProtocolVersion);
                connection.Wake();
            }
        }
    }

    /// <summary>Sends what is due, as far as the oldest message is done.</summary>
    private void SendAcknowledgements(MqttConnection connection)
    {
        if (connection != _connection)
        {
            return;
        }

        while (connection.Window.TryTake(out var ready))
        {
            if (ready.Answer == MqttPacketType.PubAck)
            {
                connection.Outstanding--;
            }
            else if (ready.Reason.IsError() && _options.ProtocolVersion == MqttProtocolVersion.V500)
            {
                connection.Outstanding--;
                _receipts.Remove(ready.PacketId); // section 4.3.3: the identifier is free again
            }

            MqttPacketWriter.WriteAck(
                connection.Outgoing, ready.Answer, new MqttAckPacket(ready.PacketId, ready.Reason, default), _options.ProtocolVersion);
        }

        connection.Wake();
    }

    private void FindMatches(in MqttPublishPacket packet)
    {
        _matches.Clear();
        var topic = packet.Topic.Span;
        var subscriptions = _subscriptions;
        if (packet.Properties.Has(MqttPropertyId.SubscriptionIdentifier))
        {
            foreach (var property in packet.Properties)
            {
                if (property.Id == MqttPropertyId.SubscriptionIdentifier)
                {
                    foreach (var subscription in subscriptions)
                    {
                        // An identifier of an earlier process may stand for another filter now: the topic must match too.
                        if (subscription.Identifier == property.Number && subscription.Matches(topic))
                        {
                            _matches.Add(subscription);
                        }
                    }
                }
            }

            if (_matches.Count > 0)
            {
                return;
            }
        }

        foreach (var subscription in subscriptions)
        {
            if (subscription.Matches(topic))
            {
                _matches.Add(subscription);
            }
        }
    }
}
