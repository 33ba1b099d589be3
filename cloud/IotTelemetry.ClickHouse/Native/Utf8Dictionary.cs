using System.Numerics;
using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>Finds byte strings in a <see cref="StringColumn"/>: open addressing with linear probing, no allocation per look-up, buffers kept over <see cref="Clear"/>.</summary>
internal sealed class Utf8Dictionary(StringColumn values)
{
    // Seeded, so that names chosen by a stranger cannot be made to collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;
    private int[] _slots = new int[64]; // row + 1; 0 = free
    private uint[] _hashes = new uint[64];
    private int _indexed;

    public void Clear()
    {
        if (_indexed > 0)
        {
            Array.Clear(_slots);
        }

        _indexed = 0;
    }

    /// <summary>The row of <paramref name="value"/> at or after row <paramref name="first"/>; appended when it is new.</summary>
    public int Intern(ReadOnlySpan<byte> value, int first)
    {
        // Rows that were not interned (the default value, a dictionary just read) are indexed late.
        for (_indexed = Math.Max(_indexed, first); _indexed < values.Rows; _indexed++)
        {
            ReadOnlySpan<byte> row = values[_indexed];
            Insert(_indexed, Hash(row));
        }

        uint hash = Hash(value);
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_hashes[slot] == hash && values[_slots[slot] - 1].SequenceEqual(value))
            {
                return _slots[slot] - 1;
            }
        }

        values.Append(value);
        Insert(_indexed, hash);
        return _indexed++;
    }

    private static uint Hash(ReadOnlySpan<byte> value)
    {
        ulong hash = Seed ^ ((ulong)value.Length * 0x9E3779B97F4A7C15);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(value);
        foreach (ulong word in words)
        {
            hash = Mix(hash ^ word);
        }

        ulong tail = 0;
        foreach (byte b in value[(words.Length * 8)..])
        {
            tail = (tail << 8) | b;
        }

        hash = Mix(hash ^ tail);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value) => BitOperations.RotateLeft(value * 0xD6E8FEB86659FD93, 29) * Seed;

    private void Insert(int row, uint hash)
    {
        if ((row + 1) * 2 > _slots.Length)
        {
            Grow();
        }

        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = row + 1;
        _hashes[slot] = hash;
    }

    private void Grow()
    {
        int[] slots = _slots;
        uint[] hashes = _hashes;
        _slots = new int[slots.Length * 2];
        _hashes = new uint[slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] == 0)
            {
                continue;
            }

            int slot = (int)hashes[i] & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = slots[i];
            _hashes[slot] = hashes[i];
        }
    }
}
