namespace IotTelemetry.Hardware.Simulation;

/// <summary>A kind of switchable load: how much it draws, when, and how it cycles.</summary>
/// <param name="AssetKind">Asset kind.</param>
/// <param name="NominalLowW">Lowest nominal power, W.</param>
/// <param name="NominalHighW">Highest nominal power, W.</param>
/// <param name="Duty">Share of time it draws power, by hour of day, 0 to 1.</param>
/// <param name="Cycle">Length of one on-off cycle of its own control (thermostat, charging session).</param>
internal sealed record LoadProfile(string AssetKind, double NominalLowW, double NominalHighW, DailyCurve Duty, TimeSpan Cycle)
{
    /// <summary>What a low-voltage feeder in a residential street carries, and how many of the 40 are of each kind (in tenths).</summary>
    public static IReadOnlyList<(LoadProfile Profile, int Tenths)> Mix { get; } =
    [
        (new("ev_charger", 3_600, 11_000, new DailyCurve(0.6, 0.55, 0.5, 0.4, 0.3, 0.2, 0.12, 0.1, 0.12, 0.15, 0.15, 0.15, 0.18, 0.18, 0.18, 0.2, 0.3, 0.5, 0.65, 0.75, 0.8, 0.8, 0.75, 0.7), TimeSpan.FromHours(5)), 3),
        (new("heat_pump", 1_500, 4_000, new DailyCurve(0.35, 0.35, 0.35, 0.38, 0.45, 0.6, 0.75, 0.8, 0.7, 0.55, 0.45, 0.4, 0.4, 0.38, 0.38, 0.4, 0.5, 0.6, 0.65, 0.65, 0.6, 0.5, 0.45, 0.4), TimeSpan.FromMinutes(40)), 3),
        (new("water_heater", 1_800, 3_000, new DailyCurve(0.3, 0.5, 0.5, 0.4, 0.3, 0.3, 0.45, 0.4, 0.3, 0.15, 0.1, 0.1, 0.15, 0.15, 0.1, 0.1, 0.1, 0.15, 0.25, 0.3, 0.3, 0.25, 0.2, 0.2), TimeSpan.FromMinutes(90)), 2),
        (new("street_light", 60, 150, new DailyCurve(1, 1, 1, 1, 1, 1, 0.7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.3, 1, 1, 1, 1, 1, 1, 1), TimeSpan.FromMinutes(1)), 2),
    ];
}
