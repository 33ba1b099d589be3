using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// A count that outlives the process: two slots of 24 bytes, written in turn, so that a torn write leaves the other. Each count is handed to the kernel at
/// once (a kill -9 loses nothing) and to the disk by <see cref="Sync"/> (a power cut loses at most what came since).
/// </summary>
internal sealed class PulseTotal : IDisposable
{
    private const int SlotSize = 24;

    /// <summary>Makes an all-zero slot invalid.</summary>
    private const ulong CheckSalt = 0x9E3779B97F4A7C15;

    private readonly SafeFileHandle _file;
    private ulong _sequence;

    private PulseTotal(SafeFileHandle file, ulong sequence, ulong count)
    {
        _file = file;
        _sequence = sequence;
        Count = count;
    }

    /// <summary>Pulses so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Opens or creates the file; <paramref name="damaged"/> hears of a total that had to be taken from the older slot or from 0.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static PulseTotal Open(string path, Action<long, string> damaged)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        Span<byte> slots = stackalloc byte[2 * SlotSize];
        slots.Clear();
        var length = RandomAccess.Read(file, slots, 0);
        var first = Read(slots[..SlotSize]);
        var second = Read(slots[SlotSize..]);
        var best = first is null || (second is not null && second.Value.Sequence > first.Value.Sequence) ? second : first;
        var total = new PulseTotal(file, best?.Sequence ?? 0, best?.Count ?? 0);

        // The first write fills one slot alone; anything else with an invalid slot was torn.
        if ((length > 0 && best is null) || (length > SlotSize && (first is null || second is null) && best!.Value.Sequence > 1))
        {
            damaged((long)total.Count, $"a slot of {path} is invalid");
        }

        return total;
    }

    /// <summary>Counts.</summary>
    /// <exception cref="IOException">The count goes on in memory, but could not be written.</exception>
    public void Add(ulong pulses)
    {
        Count += pulses;
        _sequence++;
        Span<byte> slot = stackalloc byte[SlotSize];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, _sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[8..], Count);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[16..], Check(_sequence, Count));
        RandomAccess.Write(_file, slot, (long)(_sequence % 2) * SlotSize);
    }

    /// <summary>Brings what was counted to the disk.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Sync() => RandomAccess.FlushToDisk(_file);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Sync();
        }
        finally
        {
            _file.Dispose();
        }
    }

    private static (ulong Sequence, ulong Count)? Read(ReadOnlySpan<byte> slot)
    {
        var sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot);
        var count = BinaryPrimitives.ReadUInt64LittleEndian(slot[8..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(slot[16..]) == Check(sequence, count) ? (sequence, count) : null;
    }

    private static ulong Check(ulong sequence, ulong count) => CheckSalt ^ sequence ^ BitOperations.RotateLeft(count * CheckSalt, 31);
}
