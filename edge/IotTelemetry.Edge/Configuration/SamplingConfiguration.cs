using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Sampling.Occupancy;

namespace IotTelemetry.Edge.Configuration;

/// <summary>The section <c>sampling</c>: rules of the points, and points derived from others.</summary>
/// <param name="Default">The rule of points that have none of their own.</param>
/// <param name="Rules">Rules by the name of the point.</param>
/// <param name="Occupancy">Digital points derived from distances and fields.</param>
internal sealed record SamplingConfiguration(PointRule Default, IReadOnlyDictionary<string, PointRule> Rules, IReadOnlyList<OccupancyOptions> Occupancy)
{
    public PointRule RuleOf(string point) => Rules.GetValueOrDefault(point, Default);
}
