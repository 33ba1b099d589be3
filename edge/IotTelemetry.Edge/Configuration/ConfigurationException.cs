namespace IotTelemetry.Edge.Configuration;

/// <summary>A configuration file cannot be used; lists every mistake in it.</summary>
internal sealed class ConfigurationException(string file, IReadOnlyList<ConfigurationMistake> mistakes)
    : Exception($"{file} has {mistakes.Count} {(mistakes.Count == 1 ? "mistake" : "mistakes")}:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", mistakes)}")
{
    public IReadOnlyList<ConfigurationMistake> Mistakes { get; } = mistakes;
}
