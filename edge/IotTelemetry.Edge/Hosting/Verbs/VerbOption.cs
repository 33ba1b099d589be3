namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>An option of a verb; it may stand anywhere behind it.</summary>
/// <param name="Name">With its dashes, such as <c>--json</c>.</param>
/// <param name="Description">What it does.</param>
internal sealed record VerbOption(string Name, string Description)
{
    /// <summary>What its value is called in the help, such as <c>SECONDS</c>; null for an option that is there or not.</summary>
    public string? ValueName { get; init; }

    /// <summary>Whether the value is a number, 0 or greater.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Whether the verb cannot do without.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The value when none is given; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>The values that are allowed; empty for all.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}
