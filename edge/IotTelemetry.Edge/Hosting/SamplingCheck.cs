using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Sampling.Occupancy;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Mistakes of a configuration that only show beside the board.</summary>
internal static class SamplingCheck
{
    public static List<ConfigurationMistake> Find(IBoard board, EdgeConfiguration configuration)
    {
        var mistakes = new List<ConfigurationMistake>();
        var sampling = configuration.Sampling;
        if (configuration.HealthInterval is not null && board.Assets.Any(a => a.Id == HealthBoard.AssetName))
        {
            mistakes.Add(new ConfigurationMistake("$.board.assets", $"has an asset {HealthBoard.AssetName}, which is the name of this device's own; give it another, or set $.health.intervalSeconds to 0"));
        }

        foreach (var derived in sampling.Occupancy)
        {
            mistakes.AddRange(Find(board, derived));
        }

        foreach (var (name, rule) in sampling.Rules)
        {
            if (name == SwitchPlan.FailSafePointName || sampling.Occupancy.Any(o => o.Point == name || o.CalibratePoint == name))
            {
                continue;
            }

            var path = $"$.sampling.points.{name}";
            var points = board.Points.Where(p => p.Name == name).ToArray();
            if (points.Length == 0)
            {
                mistakes.Add(new ConfigurationMistake(path, $"is no point of {board.Name}; it has {string.Join(", ", board.Points.Select(p => p.Name).Distinct().Order(StringComparer.Ordinal))}"));
            }
            else if (rule is not { Scale: 1, Offset: 0, Unit: null } && points.Any(p => p.Kind == PointKind.Digital || p.Settable))
            {
                mistakes.Add(new ConfigurationMistake(path, "has scale, offset or unit; allowed for measured points alone, not for digital or settable ones"));
            }
            else if (rule.MedianOf > 1 && points.Any(p => p.Kind != PointKind.Analog && sampling.Default.MedianOf != rule.MedianOf))
            {
                mistakes.Add(new ConfigurationMistake($"{path}.medianOf", "is given for a point that is not analog; a median would delay a state or a total"));
            }
        }

        return mistakes;
    }

    private static IEnumerable<ConfigurationMistake> Find(IBoard board, OccupancyOptions derived)
    {
        var path = $"$.sampling.occupancy.{derived.Point}";
        if (!NameRules.IsValid(derived.CalibratePoint, out var problem))
        {
            yield return new ConfigurationMistake(path, $"makes the point {derived.CalibratePoint}, which {problem}");
        }

        int[] bays = [.. Enumerable.Range(0, board.Assets.Count).Where(a => OccupancyBoard.SourcesOf(board, a, derived) is not null)];
        if (bays.Length == 0)
        {
            yield return new ConfigurationMistake($"{path}.from", $"is {string.Join(", ", derived.Sources)}; no asset of {board.Name} has that");
        }
        else if (board.Points.FirstOrDefault(p => bays.Contains(p.Asset) && (p.Name == derived.Point || p.Name == derived.CalibratePoint)) is { } taken)
        {
            yield return new ConfigurationMistake(path, $"is a point that {board.Assets[taken.Asset].Id} has already; give the derived one another name");
        }
    }
}
