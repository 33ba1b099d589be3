namespace IotTelemetry.Protocol;

/// <summary>The greatest common divisor of a column.</summary>
internal static class CommonStep
{
    /// <summary>The greatest number that all values are multiples of: 0 when all are 0, 1 for most columns, which a few values tell.</summary>
    public static ulong Of(ReadOnlySpan<long> values)
    {
        ulong step = 0;
        foreach (long value in values)
        {
            ulong magnitude = (ulong)(value < 0 ? -value : value);
            if (Remainder(magnitude, step) != 0)
            {
                step = Common(step, magnitude);
                if (step == 1)
                {
                    break;
                }
            }
        }
        // 2^63 has no positive counterpart.
        return step > long.MaxValue ? 1 : step;
    }

    private static ulong Remainder(ulong value, ulong step) =>
        step == 0 ? value : ((value | step) >> 32) == 0 ? (uint)value % (uint)step : value % step;

    private static ulong Common(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }
        return a;
    }
}
