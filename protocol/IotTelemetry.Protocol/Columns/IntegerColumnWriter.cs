using System.Numerics;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Protocol;

/// <summary>Writes columns of integers, each in the shape that costs least. Keeps its working memory; not thread-safe.</summary>
internal sealed class IntegerColumnWriter
{
    // An escaped Rice code.
    private const int MaximumBytesPerValue = 10;

    private const int ValuesPerRun = 3;

    // The column's own bytes, and something for the work of both sides.
    private const int FewestBitsSavedByStep = 40;

    private long[] _steps = [];
    private long[] _runValues = [];
    private long[] _runLengths = [];

    /// <summary>Writes a column; one without values takes no bytes.</summary>
    public void Write(ByteWriter output, ReadOnlySpan<long> values)
    {
        if (!values.IsEmpty)
        {
            Write(output, values, ColumnPlan.For(values));
        }
    }

    /// <summary>The same with a plan made before.</summary>
    public void Write(ByteWriter output, ReadOnlySpan<long> values, in ColumnPlan plan)
    {
        ulong step = plan.Runs == 1 ? 1 : CommonStep.Of(values);
        if (step > 1 && (long)values.Length * BitOperations.Log2(step) >= FewestBitsSavedByStep)
        {
            ReadOnlySpan<long> steps = Divide(values, (long)step);
            output.Byte(IntegerColumn.Special << 6 | IntegerColumn.Stepped);
            output.Varint(step);
            WriteRunsOrPlain(output, steps, ColumnPlan.For(steps));
        }
        else
        {
            WriteRunsOrPlain(output, values, plan);
        }
    }

    private void WriteRunsOrPlain(ByteWriter output, ReadOnlySpan<long> values, in ColumnPlan plan)
    {
        if (plan.Runs > 1 && plan.Runs <= values.Length / ValuesPerRun)
        {
            int runs = CollectRuns(values, plan.Runs);
            ColumnPlan ofValues = ColumnPlan.For(_runValues.AsSpan(0, runs));
            ColumnPlan ofLengths = ColumnPlan.For(_runLengths.AsSpan(0, runs));
            if (ofValues.Cost + ofLengths.Cost + 24 < plan.Cost)
            {
                output.Byte(IntegerColumn.Special << 6 | IntegerColumn.Runs);
                output.Varint((ulong)runs);
                WritePlain(output, _runValues.AsSpan(0, runs), ofValues);
                WritePlain(output, _runLengths.AsSpan(0, runs), ofLengths);
                return;
            }
        }
        WritePlain(output, values, plan);
    }

    private ReadOnlySpan<long> Divide(ReadOnlySpan<long> values, long step)
    {
        if (_steps.Length < values.Length)
        {
            _steps = new long[Math.Max(values.Length, 2 * _steps.Length)];
        }
        Span<long> steps = _steps.AsSpan(0, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            // Most quotients are of small numbers, which the processor divides several times as fast.
            steps[i] = (int)value == value && (int)step == step ? (int)value / (int)step : value / step;
        }
        return steps;
    }

    private int CollectRuns(ReadOnlySpan<long> values, int runs)
    {
        if (_runValues.Length < runs)
        {
            Array.Resize(ref _runValues, Math.Max(runs, 2 * _runValues.Length));
            Array.Resize(ref _runLengths, _runValues.Length);
        }
        int run = 0;
        int start = 0;
        for (int i = 1; i <= values.Length; i++)
        {
            if (i == values.Length || values[i] != values[start])
            {
                _runValues[run] = values[start];
                _runLengths[run++] = i - start - 1;
                start = i;
            }
        }
        return run;
    }

    private static void WritePlain(ByteWriter output, ReadOnlySpan<long> values, in ColumnPlan plan)
    {
        output.Byte((byte)(plan.Kind << 6 | plan.Parameter));
        if (plan.Kind != IntegerColumn.RiceZigZag)
        {
            output.SignedVarint(plan.Minimum);
        }
        if (plan.Kind == IntegerColumn.Special)
        {
            return;
        }
        BitWriter bits = output.Bits(values.Length * MaximumBytesPerValue);
        switch (plan.Kind)
        {
            case IntegerColumn.RiceZigZag:
                foreach (long value in values)
                {
                    PutRice(ref bits, ZigZag.Encode(value), plan.Parameter);
                }
                break;
            case IntegerColumn.RiceOffset:
                foreach (long value in values)
                {
                    PutRice(ref bits, (ulong)(value - plan.Minimum), plan.Parameter);
                }
                break;
            default:
                foreach (long value in values)
                {
                    bits.PutWide((ulong)(value - plan.Minimum), plan.Parameter + 1);
                }
                break;
        }
        output.Advance(bits.End());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutRice(ref BitWriter bits, ulong value, int rice)
    {
        ulong quotient = value >> rice;
        if (quotient < IntegerColumn.Escape)
        {
            int ones = (int)quotient;
            ulong low = value & ((1UL << rice) - 1);
            bits.Put((low << (ones + 1)) | ((1UL << ones) - 1), ones + 1 + rice);
        }
        else
        {
            bits.Put((1UL << IntegerColumn.Escape) - 1, IntegerColumn.Escape);
            bits.PutWide(value, 64);
        }
    }
}
