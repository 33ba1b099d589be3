namespace IotTelemetry.Mqtt;

/// <summary>
/// Names one handler's share in the acknowledgement of one received message, packed in a long: positive for QoS 1 (place in the window), negative for QoS 2
/// (generation and packet identifier), 0 for none; the lowest six bits are the handler. A 65th handler of one message shares the last bit.
/// </summary>
internal static class AckToken
{
    private const int HandlerBits = 6;

    public const int MaximumHandlers = 1 << HandlerBits;

    public static long ForQos1(long sequence) => sequence << HandlerBits;

    public static long ForQos2(long generation, ushort packetId) => -((((generation << 16) | packetId) << HandlerBits) + MaximumHandlers);

    public static long WithHandler(long token, int handler)
    {
        var share = Math.Min(handler, MaximumHandlers - 1);
        return token > 0 ? token + share : token < 0 ? token - share : 0;
    }

    public static bool IsQos2(long token) => token < 0;

    public static ulong HandlerBit(long token) => 1UL << (int)(Math.Abs(token) & (MaximumHandlers - 1));

    public static long Sequence(long token) => token >> HandlerBits;

    public static (long Generation, ushort PacketId) Qos2(long token)
    {
        var value = (-token >> HandlerBits) - 1;
        return (value >> 16, (ushort)value);
    }

    /// <summary>The bits of the first so many handlers.</summary>
    public static ulong PendingBits(int handlers) => handlers >= MaximumHandlers ? ulong.MaxValue : (1UL << handlers) - 1;
}
