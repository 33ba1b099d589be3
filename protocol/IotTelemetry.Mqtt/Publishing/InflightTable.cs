using System.Buffers;

namespace IotTelemetry.Mqtt;

/// <summary>
/// The outgoing packet identifiers: one array indexed by identifier that doubles when all are in use, and a ring of free ones, so that an identifier
/// rests as long as possible before it is used again. Not thread-safe.
/// </summary>
internal sealed class InflightTable
{
    private const int InitialIds = 15;
    private const int HighestId = 65_535;

    private InflightSlot[] _slots = new InflightSlot[InitialIds + 1];
    private ushort[] _free = new ushort[InitialIds];
    private int _freeHead;
    private int _freeCount;
    private long _order;

    public InflightTable()
    {
        AddFree(1, InitialIds);
    }

    /// <summary>Identifiers in use.</summary>
    public int Count => _slots.Length - 1 - _freeCount;

    /// <summary>Takes a free identifier; false if all 65,535 are in use.</summary>
    public bool TryTake(InflightState state, out ushort id)
    {
        if (_freeCount == 0 && !Grow())
        {
            id = 0;
            return false;
        }

        id = _free[_freeHead];
        _freeHead = _freeHead + 1 == _free.Length ? 0 : _freeHead + 1;
        _freeCount--;
        ref var slot = ref _slots[id];
        slot.State = state;
        slot.Order = ++_order;
        return true;
    }

    /// <summary>The slot of an identifier; a free or unknown one has the state <see cref="InflightState.Free"/>.</summary>
    public ref InflightSlot this[ushort id] => ref _slots[id < _slots.Length ? id : 0];

    /// <summary>Moves an exchange to the end of the retransmission order.</summary>
    public void MoveToEnd(ushort id) => _slots[id].Order = ++_order;

    /// <summary>Gives an identifier back.</summary>
    public void Release(ushort id)
    {
        ref var slot = ref _slots[id];
        ReturnPacket(ref slot);
        slot = default;
        var tail = _freeHead + _freeCount;
        _free[tail >= _free.Length ? tail - _free.Length : tail] = id;
        _freeCount++;
    }

    /// <summary>Gives the stored packet back to the pool; the identifier stays in use.</summary>
    public static void ReturnPacket(ref InflightSlot slot)
    {
        if (slot.Packet is { } packet)
        {
            slot.Packet = null;
            ArrayPool<byte>.Shared.Return(packet);
        }
    }

    /// <summary>The identifiers in use, in retransmission order.</summary>
    public List<ushort> InOrder()
    {
        var ids = new List<ushort>(Count);
        for (var id = 1; id < _slots.Length; id++)
        {
            if (_slots[id].State != InflightState.Free)
            {
                ids.Add((ushort)id);
            }
        }

        ids.Sort((left, right) => _slots[left].Order.CompareTo(_slots[right].Order));
        return ids;
    }

    private bool Grow()
    {
        var oldIds = _slots.Length - 1;
        if (oldIds == HighestId)
        {
            return false;
        }

        var newIds = Math.Min(HighestId, (oldIds * 2) + 1);
        Array.Resize(ref _slots, newIds + 1);
        _free = new ushort[newIds];
        _freeHead = 0;
        AddFree(oldIds + 1, newIds);
        return true;
    }

    private void AddFree(int first, int last)
    {
        for (var id = first; id <= last; id++)
        {
            _free[_freeCount++] = (ushort)id;
        }
    }
}
