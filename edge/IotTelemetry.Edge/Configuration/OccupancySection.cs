using IotTelemetry.Edge.Sampling.Occupancy;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads <c>sampling.occupancy</c>, whose keys are the names of derived points: every key of one stands here, with what is allowed.</summary>
internal static class OccupancySection
{
    private const string Distance = "distance";
    private const string Magnetic = "magnetic";
    private const int MostAxes = 3;

    public static IReadOnlyList<OccupancyOptions> Read(ConfigurationSection section)
    {
        var all = new List<OccupancyOptions>();
        foreach (var name in section.Keys.ToArray())
        {
            var derived = section.Section(name);
            all.Add(ReadOne(derived, name));
            derived.Done();
        }

        return all;
    }

    private static OccupancyOptions ReadOne(ConfigurationSection section, string name)
    {
        var method = section.Choice("method", Distance, Magnetic) == Magnetic ? OccupancyMethod.Magnetic : OccupancyMethod.Distance;
        var most = method == OccupancyMethod.Distance ? 1 : MostAxes;
        var sources = section.TextOrTexts("from");
        if (sources.Count == 0 || sources.Count > most)
        {
            section.Mistake("from", most == 1 ? "must name the point that measures the distance" : $"must name the points that measure the field: a list of 1 to {MostAxes} axes");
        }

        var change = section.Number("change", 1e-9, 1e9);
        if (!section.Has("change"))
        {
            section.Mistake("change", "is missing; how far from the empty bay a vehicle is, in the unit of the source");
        }

        var empty = section.Number("empty", -1e9, 1e9);
        if (empty is not null && method == OccupancyMethod.Magnetic)
        {
            section.Mistake("empty", "is given for a field, which nobody knows beforehand; allowed for a distance alone");
        }

        return new OccupancyOptions
        {
            Point = name,
            Method = method,
            Sources = sources,
            Change = change ?? 1,
            Hysteresis = section.Number("hysteresis", 0, change ?? 1e9) ?? (change ?? 1) / 4,
            Empty = empty,
            Calibration = TimeSpan.FromSeconds(section.Integer("calibrationSeconds", 1, 3600) ?? 60),
            DriftPerHour = section.Number("driftPerHour", 0, 1e9) ?? 0,
            MaximumDrift = section.Number("maximumDrift", 0, 1e9) ?? (change ?? 1) / 2,
            StuckAfter = TimeSpan.FromHours(section.Number("stuckAfterHours", 0.01, 24 * 365) ?? 24),
        };
    }
}
