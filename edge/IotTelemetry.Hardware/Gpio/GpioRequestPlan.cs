using System.Runtime.CompilerServices;

namespace IotTelemetry.Hardware.Gpio;

/// <summary>Turns line settings into the structure of the uAPI: the commonest flags as the default, each other set of settings as one attribute.</summary>
internal static class GpioRequestPlan
{
    /// <summary>How many of <paramref name="lines"/>, from the first, fit in one request (64 lines, 10 attributes).</summary>
    public static int Fits(IReadOnlyList<GpioLineSettings> lines, GpioEventClock clock)
    {
        var count = Math.Min(lines.Count, GpioAbi.LinesMax);
        while (count > 1 && AttributesFor(lines.Take(count), clock) > GpioAbi.AttributesMax)
        {
            count--;
        }

        return count;
    }

    /// <summary>The request for all of <paramref name="lines"/>.</summary>
    /// <exception cref="ArgumentException">No lines, too many lines or too many different settings.</exception>
    public static GpioLineRequestData Build(IReadOnlyList<GpioLineSettings> lines, string consumer, GpioEventClock clock, int eventBufferSize)
    {
        if (lines.Count == 0 || Fits(lines, clock) < lines.Count)
        {
            throw new ArgumentException(
                $"{lines.Count} lines do not fit in one request: at most {GpioAbi.LinesMax} lines with {GpioAbi.AttributesMax} different settings",
                nameof(lines));
        }

        var request = new GpioLineRequestData { LineCount = (uint)lines.Count, EventBufferSize = (uint)eventBufferSize };
        GpioText.Write(consumer, request.Consumer);
        request.Config.Flags = DefaultFlags(lines, clock);
        ulong outputs = 0;
        ulong outputValues = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            request.Offsets[i] = lines[i].Offset;
            outputs |= lines[i].IsOutput ? 1UL << i : 0;
            outputValues |= lines[i].InitialValue ? 1UL << i : 0;
        }

        foreach (var group in Enumerable.Range(0, lines.Count).GroupBy(i => lines[i].Flags(clock)).Where(g => g.Key != request.Config.Flags))
        {
            Add(ref request.Config, GpioAttributeId.Flags, (ulong)group.Key, Mask(group));
        }

        if (outputs != 0)
        {
            Add(ref request.Config, GpioAttributeId.OutputValues, outputValues, outputs);
        }

        foreach (var group in Enumerable.Range(0, lines.Count).Where(i => lines[i].Debounce > TimeSpan.Zero).GroupBy(i => lines[i].Debounce))
        {
            Add(ref request.Config, GpioAttributeId.Debounce, Microseconds(group.Key), Mask(group));
        }

        return request;
    }

    private static int AttributesFor(IEnumerable<GpioLineSettings> lines, GpioEventClock clock)
    {
        var all = lines.ToArray();
        return all.Select(l => l.Flags(clock)).Distinct().Count() - 1
            + (all.Any(l => l.IsOutput) ? 1 : 0)
            + all.Select(l => l.Debounce).Where(d => d > TimeSpan.Zero).Distinct().Count();
    }

    private static GpioFlags DefaultFlags(IReadOnlyList<GpioLineSettings> lines, GpioEventClock clock) =>
        lines.GroupBy(l => l.Flags(clock)).MaxBy(g => g.Count())!.Key;

    private static ulong Mask(IEnumerable<int> lines) => lines.Aggregate(0UL, (mask, i) => mask | (1UL << i));

    private static ulong Microseconds(TimeSpan period) => Math.Max(1, (ulong)period.TotalMicroseconds);

    private static void Add(ref GpioLineConfig config, GpioAttributeId id, ulong value, ulong mask)
    {
        var attribute = new GpioLineConfigAttribute { Mask = mask };
        attribute.Attribute.Id = id;

        // The union begins at the same byte whatever its size, so the 32-bit debounce must be written as such on big-endian machines too.
        if (id == GpioAttributeId.Debounce)
        {
            Unsafe.As<ulong, uint>(ref attribute.Attribute.Value) = (uint)value;
        }
        else
        {
            attribute.Attribute.Value = value;
        }

        config.Attributes[(int)config.AttributeCount++] = attribute;
    }
}
