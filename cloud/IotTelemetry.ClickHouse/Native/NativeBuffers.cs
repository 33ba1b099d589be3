namespace IotTelemetry.ClickHouse.Native;

internal static class NativeBuffers
{
    /// <summary>The new length of a buffer that must hold <paramref name="needed"/> items: at least double, so appending costs constant time per item.</summary>
    public static int Grow(int length, int needed, int minimum) =>
        (int)Math.Min(Array.MaxLength, Math.Max(Math.Max(needed, minimum), length * 2L));
}
