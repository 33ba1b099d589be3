namespace IotTelemetry.Hardware.Sensors;

/// <summary>How many pulses lie in a run of edges of which some were lost.</summary>
internal static class PulseArithmetic
{
    /// <summary>Rising edges among the <paramref name="lost"/> ones and the last one, which went to <paramref name="after"/>.</summary>
    public static uint Pulses(bool before, bool after, uint lost)
    {
        if (lost == 0)
        {
            return after ? 1u : 0u;
        }

        // Edges alternate: from low, the first, third, fifth… are rising; from high, the second, fourth…
        var edges = (ulong)lost + 1;
        return (uint)(before ? edges / 2 : (edges + 1) / 2);
    }
}
