using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Sessions;

/// <summary>
/// The QoS 1 and QoS 2 messages sent to one client and not yet acknowledged. The slot of a packet identifier is its low bits, so finding one is an index;
/// identifiers whose slot is taken are skipped. Grows from 8 slots to what is needed. Not thread-safe: the session's lock guards it.
/// </summary>
internal sealed class InflightWindow
{
    private const int FirstCapacity = 8;

    private InflightEntry[] _slots = new InflightEntry[FirstCapacity];
    private ushort _lastPacketId;
    private ulong _order;

    public int Count { get; private set; }

    /// <summary>Takes a slot and gives the message its packet identifier.</summary>
    public ushort Add(in OutboundMessage outbound)
    {
        // At three quarters full, a free slot is found in few steps.
        if (Count >= _slots.Length - (_slots.Length / 4) && _slots.Length <= ushort.MaxValue)
        {
            Grow();
        }

        ref var slot = ref NextFree();
        slot.Outbound = outbound;
        slot.Order = _order++;
        slot.PacketId = _lastPacketId;
        slot.State = InflightState.AwaitingAcknowledgement;
        Count++;
        return _lastPacketId;
    }

    /// <summary>PUBACK, or PUBREC with an error: the message is done. False if no such message is in that state.</summary>
    public bool Complete(ushort packetId, MqttQualityOfService qualityOfService, out OutboundMessage done)
    {
        ref var slot = ref Find(packetId);
        if (slot.PacketId != packetId || slot.State != InflightState.AwaitingAcknowledgement || slot.Outbound.QualityOfService != qualityOfService)
        {
            done = default;
            return false;
        }

        done = slot.Outbound;
        slot = default;
        Count--;
        return true;
    }

    /// <summary>PUBREC: the client has the message, so it is let go. False if no such message is in flight; true also for a repeated PUBREC.</summary>
    public bool Receive(ushort packetId, out OutboundMessage done)
    {
        ref var slot = ref Find(packetId);
        done = default;
        if (slot.PacketId != packetId)
        {
            return false;
        }

        if (slot.State == InflightState.AwaitingCompletion)
        {
            return true;
        }

        if (slot.State != InflightState.AwaitingAcknowledgement || slot.Outbound.QualityOfService != MqttQualityOfService.ExactlyOnce)
        {
            return false;
        }

        done = slot.Outbound;
        slot.Outbound = default;
        slot.State = InflightState.AwaitingCompletion;
        return true;
    }

    /// <summary>PUBCOMP: the identifier is free again. False if none was awaited.</summary>
    public bool Release(ushort packetId)
    {
        ref var slot = ref Find(packetId);
        if (slot.PacketId != packetId || slot.State != InflightState.AwaitingCompletion)
        {
            return false;
        }

        slot = default;
        Count--;
        return true;
    }

    /// <summary>Puts back an entry that the store remembered.</summary>
    public void Restore(in OutboundMessage outbound, ushort packetId, InflightState state)
    {
        while (Find(packetId).State != InflightState.Free)
        {
            Grow();
        }

        Find(packetId) = new InflightEntry { Outbound = outbound, Order = _order++, PacketId = packetId, State = state };
        _lastPacketId = packetId;
        Count++;
    }

    /// <summary>All entries in the order they were sent, for retransmission after a reconnect.</summary>
    public InflightEntry[] InOrder()
    {
        var entries = Array.FindAll(_slots, slot => slot.State != InflightState.Free);
        Array.Sort(entries, (x, y) => x.Order.CompareTo(y.Order));
        return entries;
    }

    private ref InflightEntry Find(ushort packetId) => ref _slots[packetId & (_slots.Length - 1)];

    private ref InflightEntry NextFree()
    {
        while (true)
        {
            _lastPacketId = _lastPacketId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastPacketId + 1);
            ref var slot = ref Find(_lastPacketId);
            if (slot.State == InflightState.Free)
            {
                return ref slot;
            }
        }
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new InflightEntry[old.Length * 2];
        foreach (ref var slot in old.AsSpan())
        {
            if (slot.State != InflightState.Free)
            {
                Find(slot.PacketId) = slot;
            }
        }
    }
}
