using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <content>Answers of the server to what this client sent.</content>
public sealed partial class MqttClient
{
    private long _unknownAcknowledgements;

    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    private void OnPublishAnswer(MqttConnection connection, MqttPacketType type, ReadOnlyMemory<byte> body)
    {
        var packet = MqttPacketReader.ReadAck(type, body, _options.ProtocolVersion);
        lock (_gate)
        {
            ref var slot = ref _inflight[packet.PacketId];
            var isError = packet.ReasonCode.IsError();
            if (InflightTransitions.Next(slot.State, type, isError) is not { } next)
            {
                OnUnknownAnswer(connection, type, packet.PacketId);
                return;
            }

            if (next == InflightState.AwaitingPubComp)
            {
                slot.State = next;
                InflightTable.ReturnPacket(ref slot); // after PUBREC the message itself is never sent again [MQTT-4.3.3-6]
                _inflight.MoveToEnd(packet.PacketId);
                SendPubRel(connection, packet.PacketId, MqttReasonCode.Success);
                return;
            }

            var operation = slot.Operation;
            _inflight.Release(packet.PacketId);
            if (_sendQuota < WindowSize(connection))
            {
                _sendQuota++; // section 4.9: never above its initial value
            }

            // PUBCOMP "identifier not found" can only follow a PUBREC that accepted the message.
            var accepted = !isError || type == MqttPacketType.PubComp;
            operation?.Complete(new MqttPublishResult(
                accepted ? MqttPublishStatus.Acknowledged : MqttPublishStatus.Refused,
                packet.ReasonCode,
                packet.Properties.GetString(MqttPropertyId.ReasonString)));
            if (_acknowledgedLane.Count > 0 || _retransmissions.Count > 0)
            {
                Pump(connection);
            }
        }
    }

    private void OnUnknownAnswer(MqttConnection connection, MqttPacketType type, ushort packetId)
    {
        _unknownAcknowledgements++;
        if (type == MqttPacketType.PubRec)
        {
            // The server holds half a QoS 2 exchange this client knows nothing of (a session of an earlier process): let it finish.
            SendPubRel(connection, packetId, MqttReasonCode.PacketIdentifierNotFound);
        }
    }

    private void SendPubRel(MqttConnection connection, ushort packetId, MqttReasonCode reason)
    {
        if (connection != _connection)
        {
            return; // closing: nothing may follow DISCONNECT
        }

        MqttPacketWriter.WriteAck(
            connection.Outgoing, MqttPacketType.PubRel, new MqttAckPacket(packetId, reason, default), _options.ProtocolVersion);
        connection.Wake();
    }

    private int WindowSize(MqttConnection connection) => Math.Min(connection.Info.ReceiveMaximum, _options.MaximumInFlight);
}
