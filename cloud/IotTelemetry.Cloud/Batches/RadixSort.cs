using System.Runtime.CompilerServices;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Finds the order of numbers of few bits, digit by digit from the lowest: four steps a number for the usual keys of a block, where comparing takes 17 for 100,000 of them. Equal ones keep
/// their order. Keeps its memory. Not thread-safe.
/// </summary>
internal sealed class RadixSort
{
    private const int DigitBits = 11;
    private readonly int[] _starts = new int[1 << DigitBits];
    private ulong[] _keys = [];
    private ulong[] _sortedKeys = [];
    private int[] _order = [];
    private int[] _sortedOrder = [];

    /// <summary>Room for the numbers, to be filled before <see cref="Order"/>.</summary>
    public Span<ulong> Keys(int count)
    {
        if (_keys.Length < count)
        {
            _keys = new ulong[count];
            _sortedKeys = new ulong[count];
            _order = new int[count];
            _sortedOrder = new int[count];
        }

        return _keys.AsSpan(0, count);
    }

    /// <summary>The indices of the numbers in rising order; valid until the next call. The numbers are gone.</summary>
    /// <param name="count">How many numbers.</param>
    /// <param name="bits">None has more bits.</param>
    public ReadOnlySpan<int> Order(int count, int bits)
    {
        for (int i = 0; i < count; i++)
        {
            _order[i] = i;
        }

        for (int shift = 0; shift < bits; shift += DigitBits)
        {
            SortByDigit(count, shift);
            (_keys, _sortedKeys) = (_sortedKeys, _keys);
            (_order, _sortedOrder) = (_sortedOrder, _order);
        }

        return _order.AsSpan(0, count);
    }

    private void SortByDigit(int count, int shift)
    {
        ReadOnlySpan<ulong> keys = _keys.AsSpan(0, count);
        ReadOnlySpan<int> order = _order.AsSpan(0, count);
        Span<int> starts = _starts;
        starts.Clear();
        foreach (ulong key in keys)
        {
            starts[Digit(key, shift)]++;
        }

        int start = 0;
        foreach (ref int digit in starts)
        {
            (digit, start) = (start, start + digit);
        }

        for (int i = 0; i < keys.Length; i++)
        {
            int to = starts[Digit(keys[i], shift)]++;
            _sortedKeys[to] = keys[i];
            _sortedOrder[to] = order[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digit(ulong key, int shift) => (int)(key >> shift) & ((1 << DigitBits) - 1);
}
