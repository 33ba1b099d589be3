namespace IotTelemetry.Mqtt;

/// <content>What a session means when connections come and go (MQTT 5.0 sections 4.1 and 4.4).</content>
public sealed partial class MqttClient
{
    /// <summary>Packets of the resumed session, oldest first, that still have to be sent on this connection.</summary>
    private readonly Queue<ushort> _retransmissions = new();

    private bool _duplicateOnRetransmission;
    private long _retransmitted;

    /// <summary>Lets publishes flow over a new connection, after what the session owes; called under the lock.</summary>
    private void Attach(MqttConnection connection)
    {
        _connection = connection;
        _sendQuota = WindowSize(connection);
        _retransmissions.Clear();
        _duplicateOnRetransmission = connection.Info.SessionPresent;
        if (!connection.Info.SessionPresent)
        {
            // [MQTT-3.2.2-5]: the server knows nothing, so nothing may be continued.
            _receipts.Clear();
            EndExchangesOfLostSession();
            foreach (var subscription in _subscriptions)
            {
                subscription.Forget();
            }
        }

        foreach (var id in _inflight.InOrder())
        {
            _retransmissions.Enqueue(id); // [MQTT-4.4.0-1], in the original order [MQTT-4.6.0-1]
        }

        EnqueueUnmadeSubscriptions();
        Pump(connection);
    }

    /// <summary>Stops publishes from going to a connection that ends; called under the lock.</summary>
    internal void Detach(MqttConnection connection)
    {
        if (_connection != connection)
        {
            return;
        }

        _connection = null;
        _retransmissions.Clear();
        while (_subscriptionRequests.TryDequeue(out var request))
        {
            request.Unanswered();
        }

        // Not by their packets in flight: a malformed SUBACK has used up its packet and answered nothing.
        foreach (var subscription in _subscriptions)
        {
            subscription.Unanswered();
        }

        var resumes = connection.Info.SessionExpiry > TimeSpan.Zero && !_ending.IsCancellationRequested;
        foreach (var id in _inflight.InOrder())
        {
            ref var slot = ref _inflight[id];
            if (slot.Subscription is { } subscription)
            {
                subscription.Unanswered();
                _inflight.Release(id); // SUBSCRIBE and UNSUBSCRIBE are not session state; they are asked again
            }
            else if (!resumes)
            {
                FailExchange(id, "The connection ended before the server acknowledged the message, and the session does not resume.");
            }
        }
    }

    private void PumpRetransmissions(MqttConnection connection)
    {
        while (connection.Outgoing.HasRoom && _retransmissions.TryPeek(out var id))
        {
            ref var slot = ref _inflight[id];
            if (slot.State == InflightState.AwaitingPubComp)
            {
                _retransmissions.Dequeue();
                SendPubRel(connection, id, MqttReasonCode.Success);
                continue;
            }

            if (_sendQuota == 0)
            {
                return;
            }

            _retransmissions.Dequeue();
            if (slot.PacketLength > connection.Info.MaximumPacketSize)
            {
                slot.Operation?.Complete(new MqttPublishResult(MqttPublishStatus.Refused, MqttReasonCode.PacketTooLarge));
                _inflight.Release(id);
                continue;
            }

            Retransmit(connection, ref slot);
        }
    }

    private void Retransmit(MqttConnection connection, ref InflightSlot slot)
    {
        const byte duplicateFlag = 0x08;
        var packet = slot.Packet.AsSpan(0, slot.PacketLength);
        if (_duplicateOnRetransmission)
        {
            packet[0] |= duplicateFlag; // [MQTT-3.3.1-1]
        }
        else
        {
            packet[0] &= unchecked((byte)~duplicateFlag);
        }

        packet.CopyTo(connection.Outgoing.GetSpan(packet.Length));
        connection.Outgoing.Advance(packet.Length);
        _sendQuota--;
        _retransmitted++;
        connection.Wake();
    }

    /// <summary>
    /// The session is gone. QoS 1 messages are published again as new ones, which at-least-once allows; for QoS 2 nobody can know whether that would be
    /// the second time, so the caller is told.
    /// </summary>
    private void EndExchangesOfLostSession()
    {
        foreach (var id in _inflight.InOrder())
        {
            if (_inflight[id].State is InflightState.AwaitingPubRec or InflightState.AwaitingPubComp)
            {
                FailExchange(id, "The server lost the session during a QoS 2 exchange: whether the message was delivered is unknown.");
            }
        }
    }

    private void FailExchange(ushort id, string why)
    {
        _inflight[id].Operation?.Fail(new MqttConnectionLostException(why));
        _inflight.Release(id);
    }

    /// <summary>Fails everything that waits or is in flight; called under the lock when the client ends.</summary>
    private void FailEverything()
    {
        const string why = "The client was closed before the message was acknowledged.";
        foreach (var id in _inflight.InOrder())
        {
            FailExchange(id, why);
        }

        foreach (var lane in (ReadOnlySpan<PublishLane>)[_immediateLane, _acknowledgedLane])
        {
            while (lane.First is { } operation)
            {
                lane.Remove(operation);
                operation.Fail(new MqttConnectionLostException(why));
            }
        }
    }
}
