using System.Globalization;

namespace IotTelemetry.Edge.Tests;

/// <summary>How often and at which moments the tests kill: few times in a test run, many with <c>./build.sh chaos edge</c>.</summary>
internal static class Chaos
{
    /// <summary>How many kills a test does: IOT_CHAOS_KILLS, or else what is enough for every day.</summary>
    public static int Kills(int everyDay) => Read("IOT_CHAOS_KILLS") ?? everyDay;

    /// <summary>IOT_CHAOS_SEED.</summary>
    public static int Seed => Read("IOT_CHAOS_SEED") ?? 2026;

    private static int? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
