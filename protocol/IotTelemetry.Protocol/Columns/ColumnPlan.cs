using System.Numerics;

namespace IotTelemetry.Protocol;

/// <summary>How a column is written, and an estimate of what that costs.</summary>
/// <param name="Kind">One of the kinds of <see cref="IntegerColumn"/>.</param>
/// <param name="Parameter">The six low bits of its first byte.</param>
/// <param name="Minimum">What is subtracted from each value, or the one value of a constant column.</param>
/// <param name="Runs">How many runs of equal values the column has.</param>
/// <param name="Cost">Bits, without the first byte.</param>
internal readonly record struct ColumnPlan(int Kind, int Parameter, long Minimum, int Runs, long Cost)
{
    private const int BytesOfMinimum = 3;

    /// <summary>Finds the cheapest of the kinds without runs for at least one value.</summary>
    public static ColumnPlan For(ReadOnlySpan<long> values)
    {
        long minimum = values[0];
        long maximum = values[0];
        long previous = values[0];
        int runs = 1;
        foreach (long value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            runs += value != previous ? 1 : 0;
            previous = value;
        }
        if (runs == 1)
        {
            return new ColumnPlan(IntegerColumn.Special, IntegerColumn.Constant, minimum, runs, 8 * BytesOfMinimum);
        }

        int width = Width((ulong)(maximum - minimum));
        ColumnPlan best = new(IntegerColumn.Packed, width - 1, minimum, runs, (long)values.Length * width + 8 * BytesOfMinimum);

        // Rice codes are chosen by a histogram of widths: a kettle among idle meters must not stretch the codes of all, as it would if their mean decided.
        Span<int> zigZag = stackalloc int[65];
        Span<int> offset = stackalloc int[65];
        int widest = Math.Max(Width(ZigZag.Encode(minimum)), Width(ZigZag.Encode(maximum)));
        foreach (long value in values)
        {
            zigZag[Width(ZigZag.Encode(value))]++;
            offset[Width((ulong)(value - minimum))]++;
        }
        best = Better(best, IntegerColumn.RiceZigZag, zigZag[..(widest + 1)], values.Length, 0, 0);
        return Better(best, IntegerColumn.RiceOffset, offset[..(width + 1)], values.Length, minimum, 8 * BytesOfMinimum);
    }

    /// <summary>Walks from the width of the middle value to the parameter from which no step makes the codes shorter.</summary>
    private static ColumnPlan Better(in ColumnPlan best, int kind, ReadOnlySpan<int> widths, int count, long minimum, long fixedCost)
    {
        int rice = 0;
        for (int below = widths[0]; 2 * below < count && rice < IntegerColumn.MaximumRice; below += widths[rice])
        {
            rice++;
        }
        long cost = RiceCost(widths, rice);
        for (long next; rice > 0 && (next = RiceCost(widths, rice - 1)) < cost; cost = next)
        {
            rice--;
        }
        for (long next; rice < IntegerColumn.MaximumRice && (next = RiceCost(widths, rice + 1)) < cost; cost = next)
        {
            rice++;
        }
        return cost + fixedCost < best.Cost ? new ColumnPlan(kind, rice, minimum, best.Runs, cost + fixedCost) : best;
    }

    private static long RiceCost(ReadOnlySpan<int> widths, int rice)
    {
        long cost = 0;
        for (int width = 0; width < widths.Length; width++)
        {
            cost += (long)widths[width] * RiceBits(width, rice);
        }
        return cost;
    }

    /// <summary>The bits of a Rice code for a typical value of a width: three quarters of its greatest.</summary>
    private static int RiceBits(int width, int rice)
    {
        int excess = width - rice;
        int quotient = excess <= 0 ? 0 : excess > 5 ? IntegerColumn.Escape : Math.Max(1, (3 << excess) >> 2);
        return quotient >= IntegerColumn.Escape ? IntegerColumn.Escape + 64 : quotient + 1 + rice;
    }

    private static int Width(ulong value) => 64 - BitOperations.LeadingZeroCount(value);
}
