using System.Numerics;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Protocol;

/// <summary>Reads columns of integers. Keeps its working memory; not thread-safe.</summary>
internal sealed class IntegerColumnReader
{
    private long[] _runValues = [];
    private long[] _runLengths = [];

    /// <summary>Reads as many values as <paramref name="destination"/> has room for.</summary>
    public void Read(ref ByteReader input, Span<long> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }
        byte first = input.Byte();
        if (first == (IntegerColumn.Special << 6 | IntegerColumn.Stepped))
        {
            long step = (long)input.Varint();
            ReadRunsOrPlain(ref input, input.Byte(), destination);
            foreach (ref long value in destination)
            {
                value *= step;
            }
        }
        else
        {
            ReadRunsOrPlain(ref input, first, destination);
        }
    }

    private void ReadRunsOrPlain(ref ByteReader input, byte first, Span<long> destination)
    {
        if (first == (IntegerColumn.Special << 6 | IntegerColumn.Runs))
        {
            ReadRuns(ref input, destination);
        }
        else
        {
            ReadPlain(ref input, first, destination);
        }
    }

    private void ReadRuns(ref ByteReader input, Span<long> destination)
    {
        int runs = input.Count(destination.Length, "runs");
        if (runs == 0)
        {
            throw Malformed("A column of values has no runs.");
        }
        if (_runValues.Length < runs)
        {
            Array.Resize(ref _runValues, Math.Max(runs, 2 * _runValues.Length));
            Array.Resize(ref _runLengths, _runValues.Length);
        }
        Span<long> values = _runValues.AsSpan(0, runs);
        Span<long> lengths = _runLengths.AsSpan(0, runs);
        ReadPlain(ref input, input.Byte(), values);
        ReadPlain(ref input, input.Byte(), lengths);
        for (int i = 0; i < runs; i++)
        {
            // The length is written less one, as no run is empty.
            if ((ulong)lengths[i] >= (ulong)destination.Length)
            {
                throw Malformed("The runs of a column are longer than the column.");
            }
            int length = (int)lengths[i] + 1;
            destination[..length].Fill(values[i]);
            destination = destination[length..];
        }
        if (!destination.IsEmpty)
        {
            throw Malformed("The runs of a column are shorter than the column.");
        }
    }

    private static void ReadPlain(ref ByteReader input, byte first, Span<long> destination)
    {
        int kind = first >> 6;
        int parameter = first & 0x3F;
        long minimum = kind == IntegerColumn.RiceZigZag ? 0 : input.SignedVarint();
        if (kind == IntegerColumn.Special)
        {
            if (parameter != IntegerColumn.Constant)
            {
                throw Malformed("A column has a shape that is not known, or not known inside of another.");
            }
            destination.Fill(minimum);
            return;
        }
        if (kind != IntegerColumn.Packed && parameter > IntegerColumn.MaximumRice)
        {
            throw Malformed("A Rice parameter is above 40.");
        }
        BitReader bits = new(input.Rest);
        switch (kind)
        {
            case IntegerColumn.RiceZigZag:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = ZigZag.Decode(TakeRice(ref bits, parameter));
                }
                break;
            case IntegerColumn.RiceOffset:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = minimum + (long)TakeRice(ref bits, parameter);
                }
                break;
            default:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = minimum + (long)bits.TakeWide(parameter + 1);
                }
                break;
        }
        input.Bytes(bits.End());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong TakeRice(ref BitReader bits, int rice)
    {
        ulong word = bits.Peek();
        int ones = BitOperations.TrailingZeroCount(~word);
        if (ones < IntegerColumn.Escape)
        {
            bits.Skip(ones + 1 + rice);
            return ((ulong)ones << rice) | ((word >> (ones + 1)) & ((1UL << rice) - 1));
        }
        bits.Skip(IntegerColumn.Escape);
        return bits.TakeWide(64);
    }

    private static FrameFormatException Malformed(string message) => new(RefusalReason.Malformed, message);
}
