using IotTelemetry.Edge.Sampling;

namespace IotTelemetry.Edge.Configuration;

/// <summary>The section <c>sampling</c>: rules of the points.</summary>
/// <param name="Default">The rule of points that have none of their own.</param>
/// <param name="Rules">Rules by the name of the point.</param>
internal sealed record SamplingConfiguration(PointRule Default, IReadOnlyDictionary<string, PointRule> Rules)
{
    public PointRule RuleOf(string point) => Rules.GetValueOrDefault(point, Default);
}
