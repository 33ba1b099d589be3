using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Framing;

/// <summary>Makes the gateway's birth from what the board (or a replayed file) says it has. A point's alias is its index.</summary>
internal static class BirthBuilder
{
    public static Birth Build(BirthHeader header, IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points, IReadOnlyList<PointRule> rules)
    {
        var definitions = new List<PointDefinition>();
        var known = new Dictionary<(string Name, string Unit, PointKind Kind, double Resolution, bool Settable, double Minimum, double Maximum, PointRule Rule), string>();
        var pointsOf = assets.Select(_ => new Dictionary<string, int>()).ToArray();
        for (var alias = 0; alias < points.Count; alias++)
        {
            var point = points[alias];
            var key = (point.Name, point.Unit, point.Kind, point.Resolution, point.Settable, point.Minimum, point.Maximum, rules[alias]);
            if (!known.TryGetValue(key, out var id))
            {
                id = definitions.Exists(d => d.Id == point.Name) ? $"{point.Name}-{definitions.Count}" : point.Name;
                known.Add(key, id);
                definitions.Add(Define(id, point, rules[alias]));
            }

            pointsOf[point.Asset].Add(id, alias);
        }

        return Birth.Create(header, definitions, [.. assets.Select((asset, i) => Describe(asset, pointsOf[i]))]);
    }

    private static PointDefinition Define(string id, BoardPoint point, PointRule rule) => new()
    {
        Id = id,
        NameOrNull = id == point.Name ? null : point.Name,
        Unit = point.Unit.Length == 0 ? null : point.Unit,
        Type = point.Kind == PointKind.Digital ? PointType.Boolean : PointType.Decimal,
        Scale = point.Kind == PointKind.Digital ? 0 : DecimalsOf(point.Resolution),
        Settable = point.Settable,
        Range = point.Kind == PointKind.Digital ? null : RangeOf(point),
        Reporting = rule.ToReportingRule(point),
    };

    // What nobody limited has no range: the cloud would take one for what the point is rated for.
    private static ValueRange? RangeOf(BoardPoint point)
    {
        double? minimum = point.Minimum <= -BoardPoint.NoLimit ? null : point.Minimum;
        double? maximum = point.Maximum >= BoardPoint.NoLimit ? null : point.Maximum;
        return minimum is null && maximum is null ? null : new ValueRange { Minimum = minimum, Maximum = maximum };
    }

    private static Asset Describe(BoardAsset asset, Dictionary<string, int> points) => new()
    {
        Name = asset.Id,
        Kind = asset.Kind,
        Position = asset is { Latitude: { } latitude, Longitude: { } longitude } ? new AssetPosition(latitude, longitude) : null,
        Tags = asset.Tags.Count == 0 ? null : asset.Tags,
        Points = points,
    };

    private static int DecimalsOf(double resolution) => Math.Clamp((int)Math.Ceiling(-Math.Log10(resolution) - 1e-9), 0, PointDefinition.MaximumScale);
}
