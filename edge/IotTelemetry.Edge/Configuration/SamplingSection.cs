using IotTelemetry.Edge.Sampling;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads the section <c>sampling</c>: every key of it stands here and in <see cref="OccupancySection"/>, with what is allowed.</summary>
internal static class SamplingSection
{
    private const int LongestMs = 86_400_000;
    private const int LongestSeconds = 86_400;

    public static SamplingConfiguration Read(ConfigurationSection section)
    {
        var fallback = ReadRule(section, new PointRule());
        var points = section.Section("points");
        var rules = new Dictionary<string, PointRule>();
        foreach (var name in points.Keys.ToArray())
        {
            var rule = points.Section(name);
            rules[name] = ReadScaling(rule, ReadRule(rule, fallback));
            rule.Done();
        }

        var occupancy = OccupancySection.Read(section.Section("occupancy"));
        section.Done();
        return new SamplingConfiguration(fallback, rules, occupancy);
    }

    /// <summary>The keys that stand in the section itself, for all points, and in that of a point.</summary>
    private static PointRule ReadRule(ConfigurationSection section, PointRule fallback) => fallback with
    {
        PollInterval = Milliseconds(section, "pollMs", 10, LongestMs) ?? fallback.PollInterval,
        ReadTimeout = Milliseconds(section, "readTimeoutMs", 500, 600_000) ?? fallback.ReadTimeout,
        MedianOf = ReadMedian(section) ?? fallback.MedianOf,
        StuckAfter = Seconds(section, "stuckAfterSeconds", 1, 30 * LongestSeconds) ?? fallback.StuckAfter,
        StaleAfter = Seconds(section, "staleAfterSeconds", 1, 30 * LongestSeconds) ?? fallback.StaleAfter,
        Deadband = section.Number("deadband", 0, 1e12) ?? fallback.Deadband,
        DeadbandPercent = section.Number("deadbandPercent", 0, 100) ?? fallback.DeadbandPercent,
        MaximumSilence = Seconds(section, "maximumSilenceSeconds", 1, LongestSeconds) ?? fallback.MaximumSilence,
        MinimumInterval = Milliseconds(section, "minimumIntervalMs", 0, LongestMs) ?? fallback.MinimumInterval,
        Debounce = Milliseconds(section, "debounceMs", 0, 60_000) ?? fallback.Debounce,
    };

    /// <summary>The keys that only make sense for one point.</summary>
    private static PointRule ReadScaling(ConfigurationSection section, PointRule rule)
    {
        var scale = section.Number("scale", -1e9, 1e9) ?? 1;
        if (scale == 0)
        {
            section.Mistake("scale", "is 0; allowed: -1000000000 to 1000000000, but not 0");
            scale = 1;
        }

        return rule with { Scale = scale, Offset = section.Number("offset", -1e12, 1e12) ?? 0, Unit = section.Text("unit") };
    }

    private static int? ReadMedian(ConfigurationSection section)
    {
        var median = (int?)section.Integer("medianOf", 1, 31);
        if (median is { } given && given % 2 == 0)
        {
            section.Mistake("medianOf", $"is {given}; allowed: odd numbers 1 to 31");
        }

        return median;
    }

    private static TimeSpan? Milliseconds(ConfigurationSection section, string key, long minimum, long maximum) =>
        section.Integer(key, minimum, maximum) is { } value ? TimeSpan.FromMilliseconds(value) : null;

    private static TimeSpan? Seconds(ConfigurationSection section, string key, long minimum, long maximum) =>
        section.Integer(key, minimum, maximum) is { } value ? TimeSpan.FromSeconds(value) : null;
}
