using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>Decides whether a last value may still be believed.</summary>
internal static class Freshness
{
    /// <summary>How long a point may be silent whose birth names no maximum silence: it reports changes only, and may have nothing to say.</summary>
    public static readonly TimeSpan UndeclaredSilence = TimeSpan.FromHours(24);

    // A report may be under way, and behind others.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the value of a point still says what is: its gateway is online, its sensor works, and it was not silent for longer than twice what its birth says it ever is
    /// (<see cref="UndeclaredSilence"/> when it does not say).
    /// </summary>
    public static bool IsFresh(GatewayPresence presence, PointDefinition point, in LiveValue value, long nowMs) =>
        presence == GatewayPresence.Online && value.Quality is not (Quality.BadSensor or Quality.Stale) && nowMs - value.KnownAtMs <= LimitMs(point);

    private static double LimitMs(PointDefinition point) => point.Reporting?.MaximumSilenceMs is { } silence ? (2.0 * silence) + Grace.TotalMilliseconds : UndeclaredSilence.TotalMilliseconds;
}
