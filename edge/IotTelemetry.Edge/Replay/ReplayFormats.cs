namespace IotTelemetry.Edge.Replay;

/// <summary>The file formats that can be replayed.</summary>
internal static class ReplayFormats
{
    private const string Melbourne = "melbourne-bays";
    private const string Household = "household-power";

    public static string[] Names { get; } = [Melbourne, Household];

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ReplayException">It is not of that format.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReplaySource Open(string format, string file, TimeZoneInfo timeZone, ReplayCounts counts) => format switch
    {
        Melbourne => MelbourneBays.Load(file, counts),
        Household => HouseholdPower.Open(file, timeZone, counts),
        _ => throw new ReplayException($"format {format} is none of {string.Join(", ", Names)}"),
    };
}
