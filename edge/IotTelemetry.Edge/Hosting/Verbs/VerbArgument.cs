namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>A word that a verb wants at its place.</summary>
/// <param name="Name">What it is called in the help, such as <c>CONFIG</c>.</param>
/// <param name="Description">What it is.</param>
internal sealed record VerbArgument(string Name, string Description);
