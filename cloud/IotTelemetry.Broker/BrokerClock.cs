namespace IotTelemetry.Broker;

/// <summary>
/// The broker's clock: UTC in milliseconds since 1970, because expiries have to survive a restart. Read once per batch of packets, not per packet.
/// </summary>
internal sealed class BrokerClock(TimeProvider time)
{
    private const long MillisecondsPerSecond = 1000;

    public TimeProvider Time { get; } = time;

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static long AddSeconds(long at, uint seconds) => at + (seconds * MillisecondsPerSecond);
}
