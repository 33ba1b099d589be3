using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Sessions;

/// <content>
/// Messages to the client. They leave in this order: what was in flight when the last connection ended, retained messages of new subscriptions, the queue.
/// </content>
internal sealed partial class Session
{
    private InflightWindow? _inflight;
    private Queue<InflightEntry>? _resend;
    private MessageQueue? _retained;
    private MessageQueue? _queue;
    private volatile bool _isBehind;

    /// <summary>A message given to it now would be sent at once.</summary>
    public bool IsReady => _connection is { } connection && !_isBehind && HasRoom(connection);

    /// <summary>QoS 1 and 2 messages that wait, in flight not counted.</summary>
    public int QueuedMessages => _queue?.Count ?? 0;

    /// <summary>Sends a QoS 0 message if the client is connected and keeps up. Dropped and counted otherwise (the stated policy).</summary>
    public void DeliverAtMostOnce(ref PublishView publish, bool retain, uint[] identifiers, FlushList flushes)
    {
        var connection = _connection;
        if (connection is null)
        {
            return;
        }

        if (_isBehind)
        {
            // Behind retained messages of the same topics, so that the newest comes last.
            Deliver(new OutboundMessage(publish.ToMessage(), MqttQualityOfService.AtMostOnce, retain, identifiers), flushes);
            return;
        }

        var result = connection.WritePublish(ref publish, retain, identifiers, flushes);
        if (result != DeliveryResult.Written)
        {
            core.Metrics.Dropped(result);
        }
    }

    /// <summary>Sends a message, or keeps it until it can be sent.</summary>
    public void Deliver(in OutboundMessage outbound, FlushList flushes)
    {
        lock (Gate)
        {
            var owed = IsPersistent && outbound.QualityOfService != MqttQualityOfService.AtMostOnce;
            if (owed)
            {
                core.Store.Owed(this, outbound);
            }

            if (_connection is { } connection && _queue is not { Count: > 0 } && !_isBehind && HasRoom(connection))
            {
                Send(connection, outbound, flushes);
                return;
            }

            if (_connection is null && ExpirySeconds == 0)
            {
                return;
            }

            Enqueue(outbound);
            if (_connection is { } busy)
            {
                WaitForOutput(busy);
            }
        }
    }

    /// <summary>Queues the retained messages of a new subscription. They are references to what the broker holds anyway, so no limit counts for them.</summary>
    public void DeliverRetained(List<OutboundMessage> messages, FlushList flushes)
    {
        lock (Gate)
        {
            _retained ??= new MessageQueue();
            foreach (var message in messages)
            {
                _retained.Enqueue(message);
            }

            _isBehind = true;
            if (_connection is { } connection)
            {
                Pump(connection, flushes);
            }
        }
    }

    /// <summary>PUBACK has come. False if nothing was in flight under that identifier.</summary>
    public bool Acknowledged(ushort packetId, MqttQualityOfService qualityOfService, FlushList flushes)
    {
        lock (Gate)
        {
            if (_inflight is null || !_inflight.Complete(packetId, qualityOfService, out _))
            {
                return false;
            }

            return Finished(packetId, flushes);
        }
    }

    /// <summary>PUBREC has come. False if nothing was in flight under that identifier.</summary>
    public bool Received(ushort packetId)
    {
        lock (Gate)
        {
            if (_inflight is null || !_inflight.Receive(packetId, out var done))
            {
                return false;
            }

            if (IsPersistent && done.Message is not null)
            {
                core.Store.Received(this, packetId);
            }

            return true;
        }
    }

    /// <summary>PUBCOMP has come. False if none was awaited.</summary>
    public bool Released(ushort packetId, FlushList flushes)
    {
        lock (Gate)
        {
            return _inflight is not null && _inflight.Release(packetId) && Finished(packetId, flushes);
        }
    }

    /// <summary>The connection has room again.</summary>
    public void ResumeSending(ClientConnection connection, FlushList flushes)
    {
        lock (Gate)
        {
            if (ReferenceEquals(_connection, connection))
            {
                Pump(connection, flushes);
            }
        }
    }

    private bool Finished(ushort packetId, FlushList flushes)
    {
        if (IsPersistent)
        {
            core.Store.Completed(this, packetId);
        }

        if (_connection is { } connection)
        {
            Pump(connection, flushes);
        }

        return true;
    }

    // [MQTT-4.4.0-1]: what was in flight is sent again with its packet identifier, as far as the new connection's Receive Maximum allows.
    private void BeginResend() => _resend = _inflight is { Count: > 0 } ? new Queue<InflightEntry>(_inflight.InOrder()) : null;

    private bool HasRoom(ClientConnection connection) => IsWindowOpen(connection) && !connection.IsOutputFull;

    private bool IsWindowOpen(ClientConnection connection) => (_inflight?.Count ?? 0) - (_resend?.Count ?? 0) < connection.SendMaximum;

    // A closed window opens with an acknowledgement; if it is open, the output was full, and goes on when that is written.
    private void WaitForOutput(ClientConnection connection)
    {
        if (IsWindowOpen(connection))
        {
            connection.NotifyWhenWritten();
        }
    }

    private void Pump(ClientConnection connection, FlushList flushes)
    {
        while (_resend is { Count: > 0 } && HasRoom(connection))
        {
            Resend(connection, _resend.Dequeue(), flushes);
        }

        if (_resend is { Count: > 0 })
        {
            WaitForOutput(connection);
            return;
        }

        _resend = null;
        var now = core.Clock.Now;
        Pump(connection, _retained, now, flushes);
        if (_retained is { Count: 0 })
        {
            _retained = null;
        }

        if (_retained is null)
        {
            Pump(connection, _queue, now, flushes);
        }

        _isBehind = _retained is not null || (_isBehind && _queue is { Count: > 0 });
        if (_retained is not null || _queue is { Count: > 0 })
        {
            WaitForOutput(connection);
        }
        else
        {
            _queue = null;
        }
    }

    private void Pump(ClientConnection connection, MessageQueue? queue, long now, FlushList flushes)
    {
        while (queue is { Count: > 0 } && HasRoom(connection))
        {
            var outbound = queue.Dequeue();
            if (ReferenceEquals(queue, _queue))
            {
                core.Metrics.Dequeued();
            }

            if (outbound.Message.IsExpired(now))
            {
                GiveUp(outbound, DeliveryResult.Expired);
            }
            else
            {
                Send(connection, outbound, flushes);
            }
        }
    }

    private void Send(ClientConnection connection, in OutboundMessage outbound, FlushList flushes)
    {
        if (outbound.QualityOfService == MqttQualityOfService.AtMostOnce)
        {
            var sent = connection.WritePublish(outbound, 0, duplicate: false, flushes);
            if (sent != DeliveryResult.Written)
            {
                core.Metrics.Dropped(sent);
            }

            return;
        }

        _inflight ??= new InflightWindow();
        var packetId = _inflight.Add(outbound);
        var result = connection.WritePublish(outbound, packetId, duplicate: false, flushes);
        if (result is DeliveryResult.TooLarge or DeliveryResult.Expired)
        {
            _inflight.Complete(packetId, outbound.QualityOfService, out _);
            GiveUp(outbound, result);
        }
        else if (IsPersistent)
        {
            core.Store.Sent(this, outbound, packetId);
        }
    }

    private void Resend(ClientConnection connection, in InflightEntry entry, FlushList flushes)
    {
        if (entry.State == InflightState.AwaitingCompletion)
        {
            connection.WriteRelease(entry.PacketId, MqttReasonCode.Success, flushes);
            return;
        }

        var result = connection.WritePublish(entry.Outbound, entry.PacketId, duplicate: true, flushes);
        if (result is DeliveryResult.TooLarge or DeliveryResult.Expired)
        {
            _inflight!.Complete(entry.PacketId, entry.Outbound.QualityOfService, out _);
            core.Metrics.Dropped(result);
            if (IsPersistent)
            {
                core.Store.Completed(this, entry.PacketId);
            }
        }
    }

    private void Enqueue(in OutboundMessage outbound)
    {
        _queue ??= new MessageQueue();
        while (_queue.Count >= core.Options.SessionQueueMessages || _queue.Bytes + outbound.Message.Size > core.Options.SessionQueueBytes)
        {
            if (core.Options.QueueFull == MqttQueueFullPolicy.DropNewest || _queue.Count == 0)
            {
                GiveUp(outbound, DeliveryResult.Full);
                return;
            }

            core.Metrics.Dequeued();
            GiveUp(_queue.Dequeue(), DeliveryResult.Full);
        }

        core.Metrics.Queued();
        _queue.Enqueue(outbound);
    }

    private void GiveUp(in OutboundMessage outbound, DeliveryResult why)
    {
        core.Metrics.Dropped(why);
        if (IsPersistent && outbound.QualityOfService != MqttQualityOfService.AtMostOnce)
        {
            core.Store.Dropped(this, outbound);
        }
    }

    private void DropAll()
    {
        core.Metrics.Dequeued(QueuedMessages);
        _inflight = null;
        _resend = null;
        _retained = null;
        _queue = null;
        _isBehind = false;
    }
}
