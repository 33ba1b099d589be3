using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// The received QoS 1 and 2 messages of one connection whose PUBACK or PUBREC has not been sent, as a ring in the order they came. Handlers complete them
/// in any order; they leave in order [MQTT-4.6.0-2], [MQTT-4.6.0-3]. Not thread-safe.
/// </summary>
internal sealed class IncomingWindow(long firstSequence)
{
    private Entry[] _ring = new Entry[16];
    private long _first = firstSequence;

    /// <summary>The sequence number the next message gets.</summary>
    public long NextSequence { get; private set; } = firstSequence;

    /// <summary>Messages not answered yet.</summary>
    public long Count => NextSequence - _first;

    /// <summary>Adds a message that as many handlers as <paramref name="pending"/> has bits must complete.</summary>
    public long Add(ushort packetId, MqttPacketType answer, ulong pending, MqttReasonCode reason)
    {
        if (NextSequence - _first == _ring.Length)
        {
            Grow();
        }

        var sequence = NextSequence++;
        At(sequence) = new Entry { PacketId = packetId, Answer = answer, Pending = pending, Reason = reason };
        return sequence;
    }

    /// <summary>
    /// Notes that these handlers are done; the first failure is what the message is answered with. True if the oldest message is now ready to be answered.
    /// </summary>
    public bool Complete(long sequence, ulong handlers, MqttReasonCode reason)
    {
        if (sequence < _first || sequence >= NextSequence)
        {
            return false;
        }

        ref var entry = ref At(sequence);
        if ((entry.Pending & handlers) == 0)
        {
            return false;
        }

        entry.Pending &= ~handlers;
        if (!entry.Reason.IsError())
        {
            entry.Reason = reason;
        }

        return sequence == _first && entry.Pending == 0;
    }

    /// <summary>Takes the oldest message if all its handlers are done.</summary>
    public bool TryTake(out Entry ready)
    {
        if (_first < NextSequence && At(_first).Pending == 0)
        {
            ready = At(_first++);
            return true;
        }

        ready = default;
        return false;
    }

    private ref Entry At(long sequence) => ref _ring[sequence & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (var sequence = _first; sequence < NextSequence; sequence++)
        {
            larger[sequence & (larger.Length - 1)] = At(sequence);
        }

        _ring = larger;
    }

    internal struct Entry
    {
        public ulong Pending;
        public ushort PacketId;
        public MqttPacketType Answer;
        public MqttReasonCode Reason;
    }
}
