namespace IotTelemetry.Protocol;

/// <summary>A thing at the gateway's site and its points.</summary>
public sealed record Asset
{
    /// <summary>The asset's name, unique in the birth (<see cref="NameRules"/>).</summary>
    public required string Name { get; init; }

    /// <summary>What it is: <c>parking_bay</c>, <c>meter</c>, <c>breaker</c> … (<see cref="NameRules"/>).</summary>
    public required string Kind { get; init; }

    /// <summary>Where it is, or null when that is not known.</summary>
    public AssetPosition? Position { get; init; }

    /// <summary>
    /// Anything else that groups or describes it, such as <c>zone</c>; at most 32, keys are names, values at most 256 characters. Null for none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The asset's points: from the id of the definition to the alias. Over a whole birth the aliases are exactly 0 to n-1.</summary>
    public required IReadOnlyDictionary<string, int> Points { get; init; }
}
