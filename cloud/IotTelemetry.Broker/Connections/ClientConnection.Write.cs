using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <content>Packets to the client. Any thread may call; the output's gate orders them.</content>
internal sealed partial class ClientConnection
{
    private OutgoingAliases? _aliases;
    private uint _maximumPacketSize = uint.MaxValue;
    private long _publishesSent;

    /// <summary>QoS 1 and 2 publishes the client may have unacknowledged.</summary>
    public int SendMaximum { get; private set; }

    public bool IsOutputFull => _output.IsFull;

    /// <summary>Has the output flushed at the end of the batch.</summary>
    public void OweFlush(FlushList flushes) => flushes.Add(_output);

    /// <summary>PUBLISH packets written so far.</summary>
    public long PublishesSent => Volatile.Read(ref _publishesSent);

    /// <summary>Writes a QoS 0 publish as it came in.</summary>
    public DeliveryResult WritePublish(ref PublishView publish, bool retain, uint[] identifiers, FlushList flushes)
    {
        var encoder = new PublishEncoder(Version)
        {
            Topic = publish.Topic,
            Properties = publish.Properties,
            Payload = publish.Payload,
            Retain = retain,
            Identifiers = identifiers,
            ExpirySeconds = publish.ExpirySeconds,
        };
        lock (_output.Gate)
        {
            return _output.IsFull || _output.IsClosed ? DeliveryResult.Full : Append(ref encoder, flushes);
        }
    }

    /// <summary>Writes a publish that has waited or may have to be repeated; a repeat is written even if it has expired, because it was begun in time.</summary>
    public DeliveryResult WritePublish(in OutboundMessage outbound, ushort packetId, bool duplicate, FlushList flushes)
    {
        var message = outbound.Message;
        var encoder = new PublishEncoder(Version)
        {
            Topic = message.Topic,
            Properties = message.Properties,
            Payload = message.Payload,
            QualityOfService = outbound.QualityOfService,
            PacketId = packetId,
            Retain = outbound.Retain,
            Duplicate = duplicate,
            Identifiers = outbound.Identifiers,
        };
        if (message.ExpiresAt != 0)
        {
            // [MQTT-3.3.2-6]: what the client gets is what is left.
            var left = message.ExpiresAt - _core.Clock.Now;
            if (left <= 0 && !duplicate)
            {
                return DeliveryResult.Expired;
            }

            encoder.ExpirySeconds = (uint)((Math.Max(0, left) + 999) / 1000);
        }

        lock (_output.Gate)
        {
            return Append(ref encoder, flushes);
        }
    }

    /// <summary>Writes PUBREL.</summary>
    public void WriteRelease(ushort packetId, MqttReasonCode reason, FlushList flushes) => WriteAck(MqttPacketType.PubRel, packetId, reason, flushes);

    /// <summary>Writes PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    public void WriteAck(MqttPacketType type, ushort packetId, MqttReasonCode reason, FlushList flushes)
    {
        if (AppendAck(type, packetId, reason))
        {
            flushes.Add(_output);
        }
    }

    /// <summary>Asks to be told, and then to send on what the session holds, when the output has been written.</summary>
    public void NotifyWhenWritten() => _output.NotifyOwnerWhenEmpty();

    void IOutputOwner.OutputEmptied()
    {
        var flushes = FlushList.Current;
        _session?.ResumeSending(this, flushes);
        flushes.FlushAll();
    }

    bool IAcknowledgementSink.Acknowledge(ushort packetId, MqttQualityOfService qualityOfService, MqttReasonCode reason)
    {
        if (qualityOfService == MqttQualityOfService.ExactlyOnce && CompleteReceived(packetId, reason))
        {
            return false;
        }

        // MQTT 3.1.1 can only acknowledge or close (3.3.5); what may succeed when it is sent again must not be acknowledged.
        if (Version == MqttProtocolVersion.V311
            && reason is MqttReasonCode.UnspecifiedError or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.QuotaExceeded)
        {
            Close(reason);
            return false;
        }

        return AppendAck(qualityOfService == MqttQualityOfService.AtLeastOnce ? MqttPacketType.PubAck : MqttPacketType.PubRec, packetId, reason);
    }

    void IAcknowledgementSink.FlushAcknowledgements() => _output.FlushSoon();

    /// <summary>A QoS 2 publish has its answer. True if that went to a later connection of the client, where it was repeated.</summary>
    private bool CompleteReceived(ushort packetId, MqttReasonCode reason)
    {
        var isRepeated = _session!.CompleteInbound(packetId, reason);
        var target = isRepeated ? _session.Connection : this;
        if (!reason.IsError())
        {
            target?._intake!.AwaitRelease();
        }

        if (isRepeated && target is not null && target.AppendAck(MqttPacketType.PubRec, packetId, reason))
        {
            target._output.FlushSoon();
        }

        return isRepeated;
    }

    private bool AppendAck(MqttPacketType type, ushort packetId, MqttReasonCode reason)
    {
        lock (_output.Gate)
        {
            MqttPacketWriter.WriteAck(_output, type, new MqttAckPacket(packetId, reason, default), Version);
            return _output.Commit();
        }
    }

    private DeliveryResult Append(ref PublishEncoder encoder, FlushList flushes)
    {
        var size = encoder.Measure();
        if (size > _maximumPacketSize)
        {
            return DeliveryResult.TooLarge;
        }

        if (_aliases is not null && size + 3 <= _maximumPacketSize)
        {
            encoder.Alias = _aliases.Get(encoder.Topic, out var isNew);
            if (encoder.Alias != 0 && !isNew)
            {
                encoder.Topic = default;
            }

            size = encoder.Measure();
        }

        _output.Advance(encoder.Write(_output.GetSpan((int)size)));
        _publishesSent++;
        if (_output.Commit())
        {
            flushes.Add(_output);
        }

        return DeliveryResult.Written;
    }
}
