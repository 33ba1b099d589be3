using System.Buffers;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

public sealed partial class MqttClient
{
    private const int PooledOperations = 1024;

    private readonly PublishEncoder _encoder;
    private readonly InflightTable _inflight = new();
    private readonly FixedWriter _storeWriter = new();

    /// <summary>QoS 0: waits only for the connection and for room.</summary>
    private readonly PublishLane _immediateLane = new();

    /// <summary>QoS 1 and 2: waits for the window as well.</summary>
    private readonly PublishLane _acknowledgedLane = new();

    private PublishOperation? _pool;
    private int _pooled;

    /// <summary>How many more QoS 1 and 2 publications may be sent (MQTT 5.0 section 4.9).</summary>
    private int _sendQuota;

    /// <summary>
    /// Publishes. QoS 0 completes when handed to the writer, QoS 1 and 2 when the server answered. Without a connection it waits for the next one.
    /// Await the result once.
    /// </summary>
    /// <exception cref="ArgumentException">The message is not valid.</exception>
    /// <exception cref="MqttConnectionLostException">The connection ended before the answer and the session does not resume.</exception>
    /// <exception cref="MqttQueueFullException">Too many publishes wait.</exception>
    public ValueTask<MqttPublishResult> PublishAsync(in MqttMessage message, CancellationToken cancellationToken = default)
    {
        MqttMessageCheck.Check(message);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<MqttPublishResult>(cancellationToken);
        }

        lock (_gate)
        {
            ThrowIfEnded();
            if (message.QualityOfService == MqttQualityOfService.AtMostOnce)
            {
                return _connection is { } connection && _immediateLane.Count == 0 && connection.Outgoing.HasRoom
                    ? new ValueTask<MqttPublishResult>(SendUnacknowledged(connection, message, message.MessageExpiry))
                    : Wait(_immediateLane, message, cancellationToken);
            }

            if (_connection is { } open && _acknowledgedLane.Count == 0 && MayStartExchange(open))
            {
                var operation = RentOperation();
                return StartExchange(open, message, message.MessageExpiry, operation) is { } refused
                    ? RefuseAtOnce(operation, refused)
                    : Watched(operation, cancellationToken);
            }

            return Wait(_acknowledgedLane, message, cancellationToken);
        }
    }

    /// <summary>Sends what waits, as far as room and window allow; called under the lock when either has grown.</summary>
    internal void Pump(MqttConnection connection)
    {
        if (connection != _connection)
        {
            return;
        }

        PumpSubscriptions(connection);
        PumpRetransmissions(connection);
        while (_immediateLane.First is { } next && connection.Outgoing.HasRoom)
        {
            _immediateLane.Remove(next);
            var remaining = Remaining(next);
            next.Complete(remaining < TimeSpan.Zero ? ExpiredResult : SendUnacknowledged(connection, next.Message, remaining));
        }

        while (_acknowledgedLane.First is { } next && MayStartExchange(connection))
        {
            _acknowledgedLane.Remove(next);
            var remaining = Remaining(next);
            if (remaining < TimeSpan.Zero)
            {
                next.Complete(ExpiredResult);
            }
            else if (StartExchange(connection, next.Message, remaining, next) is { } refused)
            {
                next.Complete(refused);
            }
            else
            {
                next.Message = default;
            }
        }
    }

    internal void CancelPublish(PublishOperation operation, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (operation.IsDecided)
            {
                return;
            }

            operation.Lane?.Remove(operation);
            if (operation.PacketId != 0)
            {
                // The exchange goes on without its caller: the identifier stays in use until the server has answered [MQTT-2.2.1-4].
                _inflight[operation.PacketId].Operation = null;
            }

            operation.Fail(new OperationCanceledException(cancellationToken));
        }
    }

    internal void ReturnToPool(PublishOperation operation)
    {
        lock (_gate)
        {
            operation.Reset();
            if (_pooled < PooledOperations)
            {
                operation.Next = _pool;
                _pool = operation;
                _pooled++;
            }
        }
    }

    private static MqttPublishResult ExpiredResult => new(MqttPublishStatus.Expired);

    private bool MayStartExchange(MqttConnection connection) =>
        _sendQuota > 0 && _retransmissions.Count == 0 && connection.Outgoing.HasRoom && _inflight.Count < 65_535;

    private PublishOperation RentOperation()
    {
        if (_pool is not { } operation)
        {
            return new PublishOperation(this);
        }

        _pool = operation.Next;
        _pooled--;
        operation.Next = null;
        return operation;
    }

    private ValueTask<MqttPublishResult> RefuseAtOnce(PublishOperation operation, MqttPublishResult refused)
    {
        operation.Next = _pool;
        _pool = operation;
        _pooled++;
        return new ValueTask<MqttPublishResult>(refused);
    }

    private ValueTask<MqttPublishResult> Wait(PublishLane lane, in MqttMessage message, CancellationToken cancellationToken)
    {
        if (_immediateLane.Count + _acknowledgedLane.Count >= _options.MaximumWaitingPublishes)
        {
            throw new MqttQueueFullException(
                $"{_options.MaximumWaitingPublishes} publishes wait already (MaximumWaitingPublishes); publish slower or raise it.");
        }

        var operation = RentOperation();
        operation.Message = message;
        if (message.MessageExpiry is not null)
        {
            operation.WaitingSince = _options.TimeProvider.GetTimestamp();
        }

        lane.Add(operation);
        return Watched(operation, cancellationToken);
    }

    private static ValueTask<MqttPublishResult> Watched(PublishOperation operation, CancellationToken cancellationToken)
    {
        var task = operation.Task;
        operation.Watch(cancellationToken);
        return task;
    }

    /// <summary>What is left of a waiting message's life: null if it never expires, negative if it has.</summary>
    private TimeSpan? Remaining(PublishOperation operation)
    {
        if (operation.Message.MessageExpiry is not { } expiry)
        {
            return null;
        }

        var left = expiry - _options.TimeProvider.GetElapsedTime(operation.WaitingSince);
        return left > TimeSpan.Zero ? left : TimeSpan.FromTicks(-1);
    }

    private MqttPublishResult SendUnacknowledged(MqttConnection connection, in MqttMessage message, TimeSpan? remaining)
    {
        var packet = _encoder.Prepare(message, 0, remaining);
        if (Refusal(connection, packet) is { } reason)
        {
            return new MqttPublishResult(MqttPublishStatus.Refused, reason);
        }

        _encoder.Write(connection.Outgoing, packet, connection.OutgoingAliases);
        connection.Wake();
        return new MqttPublishResult(MqttPublishStatus.Sent);
    }

    /// <summary>Sends a QoS 1 or 2 message and notes it as in flight; a result means that it may not be sent to this server.</summary>
    private MqttPublishResult? StartExchange(MqttConnection connection, in MqttMessage message, TimeSpan? remaining, PublishOperation operation)
    {
        var state = message.QualityOfService == MqttQualityOfService.AtLeastOnce ? InflightState.AwaitingPubAck : InflightState.AwaitingPubRec;
        _inflight.TryTake(state, out var id);
        var packet = _encoder.Prepare(message, id, remaining);
        if (Refusal(connection, packet) is { } reason)
        {
            _inflight.Release(id);
            return new MqttPublishResult(MqttPublishStatus.Refused, reason);
        }

        ref var slot = ref _inflight[id];
        slot.Operation = operation;
        operation.PacketId = id;
        if (connection.Info.SessionExpiry > TimeSpan.Zero)
        {
            StorePacket(ref slot, packet);
        }

        _encoder.Write(connection.Outgoing, packet, connection.OutgoingAliases);
        _sendQuota--;
        connection.Wake();
        return null;
    }

    /// <summary>Keeps the packet for retransmission, without a topic alias: an alias means nothing on another connection [MQTT-3.3.2-7].</summary>
    private void StorePacket(ref InflightSlot slot, in MqttPublishPacket packet)
    {
        slot.PacketLength = (int)MqttPacketWriter.GetPublishSize(packet, _options.ProtocolVersion);
        slot.Packet = ArrayPool<byte>.Shared.Rent(slot.PacketLength);
        MqttPacketWriter.WritePublish(_storeWriter.Into(slot.Packet), packet, _options.ProtocolVersion);
    }

    /// <summary>Why a packet may not be sent to this server, or null.</summary>
    private MqttReasonCode? Refusal(MqttConnection connection, in MqttPublishPacket packet)
    {
        var info = connection.Info;
        if (packet.QualityOfService > info.MaximumQualityOfService)
        {
            return MqttReasonCode.QoSNotSupported; // [MQTT-3.2.2-11]
        }

        if (packet.Retain && !info.RetainAvailable)
        {
            return MqttReasonCode.RetainNotSupported; // [MQTT-3.2.2-14]
        }

        // The alias of a new topic adds three bytes, and the two lengths may need one more each.
        var aliasRoom = connection.OutgoingAliases.IsEnabled ? 5 : 0;
        return MqttPacketWriter.GetPublishSize(packet, _options.ProtocolVersion) + aliasRoom > info.MaximumPacketSize
            ? MqttReasonCode.PacketTooLarge // [MQTT-3.2.2-15]
            : null;
    }
}
