using System.Globalization;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// How far a gateway's clock is from this machine's, by the times of its last two status messages. A message that was on its way for long looks like a clock that is behind: so a clock is behind
/// only by what both messages say. None is ahead because of its way.
/// </summary>
/// <param name="OffsetMs">What the last message said later than it was received; negative when earlier.</param>
/// <param name="BeforeMs">The same of the message before it; null when there was none.</param>
internal sealed record ClockSighting(long OffsetMs, long? BeforeMs)
{
    // What networks and queues may take, and no clock that is kept by NTP is off.
    private const long ToleratedMs = 10_000;

    /// <summary>How far the clock is ahead; negative when it is behind, 0 when it cannot be told from the way of the messages.</summary>
    public long AheadMs => OffsetMs >= 0 ? OffsetMs : Math.Min(0, Math.Max(OffsetMs, BeforeMs ?? 0));

    /// <summary>The difference for a person, such as "3 min ahead of the service's"; null while it does not matter.</summary>
    public string? Difference => Math.Abs(AheadMs) <= ToleratedMs ? null : $"{Span(TimeSpan.FromMilliseconds(Math.Abs(AheadMs)))} {(AheadMs > 0 ? "ahead of" : "behind")} the service's";

    /// <summary>The sighting after a status; the same one when the status does not tell, as a will that is as old as its connection.</summary>
    public static ClockSighting? After(ClockSighting? before, GatewayStatus? status, long receivedAtMs) =>
        status is { State: GatewayState.Online } ? new ClockSighting(status.AtMs - receivedAtMs, before?.OffsetMs) : before;

    /// <summary>A length of time for a person, in its greatest unit.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 90 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:F0} s")
        : span.TotalMinutes < 90 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:F0} min")
        : span.TotalHours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:F0} h")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:F0} days");
}
