namespace IotTelemetry.Edge.Configuration;

/// <summary>One thing that is wrong in a configuration file.</summary>
/// <param name="Path">Where, as <c>$.uplink.window</c>.</param>
/// <param name="Problem">What is wrong and what is allowed.</param>
internal sealed record ConfigurationMistake(string Path, string Problem)
{
    public override string ToString() => $"{Path}: {Problem}";
}
