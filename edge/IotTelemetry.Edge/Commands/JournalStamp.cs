using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>When something was written to the journal: exact within one boot of the machine, by the real-time clock across boots.</summary>
/// <param name="BootId">The boot.</param>
/// <param name="MonotonicMs">Milliseconds of the monotonic clock, which rise within the boot.</param>
/// <param name="AtMs">The real-time clock, Unix milliseconds.</param>
/// <param name="IsTrusted">Whether that was synchronised.</param>
internal sealed record JournalStamp(string BootId, long MonotonicMs, long AtMs, bool IsTrusted)
{
    public static JournalStamp Now(IGatewayClock clock, TimeProvider time) => new(HostBoot.Id, MonotonicNow(time), clock.NowMs, clock.Quality is ClockQuality.Synchronised or ClockQuality.Holdover);

    /// <summary>How long ago it was at <paramref name="now"/>; null when that cannot be told.</summary>
    public TimeSpan? AgeAt(JournalStamp now)
    {
        if (BootId == now.BootId)
        {
            return TimeSpan.FromMilliseconds(Math.Max(0, now.MonotonicMs - MonotonicMs));
        }

        return IsTrusted && now.IsTrusted && now.AtMs >= AtMs ? TimeSpan.FromMilliseconds(now.AtMs - AtMs) : null;
    }

    private static long MonotonicNow(TimeProvider time) => (long)(time.GetTimestamp() * (1000.0 / time.TimestampFrequency));
}
