namespace IotTelemetry.Edge.Configuration;

/// <summary>A configuration file cannot be used; lists every mistake in it with its place.</summary>
internal sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationMistake> mistakes, ConfigurationPlaces? places = null)
    : Exception($"{file} has {mistakes.Count} {(mistakes.Count == 1 ? "mistake" : "mistakes")}:{string.Concat(mistakes.Select(m => $"{Environment.NewLine}  {Line(m, places)}"))}")
{
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;

    private static string Line(ConfigurationMistake mistake, ConfigurationPlaces? places) =>
        places?.Find(mistake.Path) is { } place ? $"{place}: {mistake}" : mistake.ToString();
}
