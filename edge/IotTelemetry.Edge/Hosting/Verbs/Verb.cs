namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>One thing that <c>iot-edge</c> can be asked for. Immutable.</summary>
internal sealed record Verb
{
    /// <summary>The word that asks for it; empty for what is asked for by options alone.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Every one of them has to be given.</summary>
    public IReadOnlyList<VerbArgument> Arguments { get; init; } = [];

    public IReadOnlyList<VerbOption> Options { get; init; } = [];

    /// <summary>Does it; the result is the exit status of the process.</summary>
    public required Func<VerbInput, Task<int>> Run { get; init; }

    /// <summary>As it is typed.</summary>
    public string Title => Name.Length == 0 ? "iot-edge" : $"iot-edge {Name}";
}
