using System.Numerics;
using IotTelemetry.Broker.Connections;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Handlers;

/// <summary>
/// The publishes of one connection that wait for a handler's word, in the order they came. Acknowledgements leave in that order ([MQTT-4.6.0-2],
/// [MQTT-4.6.0-3]), so a completed one waits for those before it. A ring that grows to what is needed; nothing is allocated per publish. Thread-safe.
/// </summary>
internal sealed class AcknowledgementWindow(IAcknowledgementSink sink)
{
    private const int FirstCapacity = 16;

    /// <summary>The bit that stands for the broker itself: it holds each slot until the handlers have returned.</summary>
    private const uint OwnHold = 1;

    private readonly Lock _gate = new();
    private Slot[] _slots = new Slot[FirstCapacity];
    private uint _head;
    private uint _tail;
    private bool _isClosed;
    private TaskCompletionSource? _emptier;

    /// <summary>Publishes that wait.</summary>
    public int Count => (int)(Volatile.Read(ref _tail) - Volatile.Read(ref _head));

    /// <summary>Opens a slot behind the others; <see cref="Release"/> must follow.</summary>
    public uint Open(ushort packetId, MqttQualityOfService qualityOfService)
    {
        lock (_gate)
        {
            if (_tail - _head == _slots.Length)
            {
                Grow();
            }

            _slots[_tail & Mask] = new Slot { PacketId = packetId, QualityOfService = qualityOfService, Pending = OwnHold };
            return _tail++;
        }
    }

    /// <summary>Adds a holder to a slot that the broker still holds.</summary>
    public MqttDeferredAcknowledgement Defer(uint ticket)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[ticket & Mask];
            var bit = BitOperations.TrailingZeroCount(~slot.Pending);
            if (bit == 32)
            {
                throw new InvalidOperationException("One publish can be deferred at most 31 times.");
            }

            slot.Pending |= 1u << bit;
            return new MqttDeferredAcknowledgement(this, ticket, bit);
        }
    }

    /// <summary>The broker lets go of the slot: the handlers have returned. True if the caller must flush.</summary>
    public bool Release(uint ticket, MqttReasonCode reason)
    {
        TryComplete(ticket, 0, reason, out var mustFlush);
        return mustFlush;
    }

    /// <summary>A holder lets go. False if it had none: completed before, or the connection is gone and nobody cares.</summary>
    public bool Complete(uint ticket, int bit, MqttReasonCode reason)
    {
        var isHeard = TryComplete(ticket, bit, reason, out var mustFlush);
        if (mustFlush)
        {
            sink.FlushAcknowledgements();
        }

        return isHeard;
    }

    /// <summary>Completes when fewer than <paramref name="limit"/> publishes wait, or at the next chance to look again.</summary>
    public Task WhenBelowAsync(int limit)
    {
        lock (_gate)
        {
            if (_isClosed || _tail - _head < limit)
            {
                return Task.CompletedTask;
            }

            _emptier ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptier.Task;
        }
    }

    /// <summary>The connection is gone. Completions still count for QoS 2, whose state belongs to the session.</summary>
    public void Close()
    {
        TaskCompletionSource? emptier;
        lock (_gate)
        {
            _isClosed = true;
            emptier = _emptier;
            _emptier = null;
        }

        emptier?.TrySetResult();
    }

    private uint Mask => (uint)_slots.Length - 1;

    private bool TryComplete(uint ticket, int bit, MqttReasonCode reason, out bool mustFlush)
    {
        TaskCompletionSource? emptier;
        bool isClosed;
        mustFlush = false;
        lock (_gate)
        {
            ref var slot = ref _slots[ticket & Mask];
            if (ticket - _head >= _tail - _head || (slot.Pending & (1u << bit)) == 0)
            {
                return false;
            }

            slot.Pending &= ~(1u << bit);
            if (reason.IsError() && !slot.Reason.IsError())
            {
                slot.Reason = reason;
            }
            else if (slot.Reason == MqttReasonCode.Success)
            {
                slot.Reason = reason;
            }

            mustFlush = Drain();
            isClosed = _isClosed;
            emptier = _emptier;
            _emptier = null;
        }

        emptier?.TrySetResult();
        return !isClosed;
    }

    private bool Drain()
    {
        var mustFlush = false;
        while (_head != _tail)
        {
            ref var slot = ref _slots[_head & Mask];
            if (slot.Pending != 0)
            {
                break;
            }

            mustFlush |= sink.Acknowledge(slot.PacketId, slot.QualityOfService, slot.Reason);
            _head++;
        }

        return mustFlush;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        for (var ticket = _head; ticket != _tail; ticket++)
        {
            larger[ticket & ((uint)larger.Length - 1)] = _slots[ticket & Mask];
        }

        _slots = larger;
    }

    private struct Slot
    {
        public uint Pending;
        public ushort PacketId;
        public MqttQualityOfService QualityOfService;
        public MqttReasonCode Reason;
    }
}
