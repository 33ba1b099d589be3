using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Hosting;

/// <summary>Mistakes in the section <c>sampling</c> that only show beside the board.</summary>
internal static class SamplingCheck
{
    public static List<ConfigurationMistake> Find(IBoard board, SamplingConfiguration sampling)
    {
        var mistakes = new List<ConfigurationMistake>();
        foreach (var (name, rule) in sampling.Rules)
        {
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
}
