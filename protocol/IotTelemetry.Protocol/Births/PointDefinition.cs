using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>What many points of a birth have in common. All readings of one definition share a value column of a frame.</summary>
public sealed record PointDefinition
{
    /// <summary>The greatest <see cref="Scale"/>.</summary>
    public const int MaximumScale = 9;

    /// <summary>The key by which assets refer to the definition, unique in the birth; a name (<see cref="NameRules"/>).</summary>
    public required string Id { get; init; }

    /// <summary>The name of the points, such as <c>power_w</c>; null when it equals <see cref="Id"/>.</summary>
    [JsonPropertyName("name")] public string? NameOrNull { get; init; }

    /// <summary>The name of the points. Not to be set: on .NET 9 an ignored member with an init accessor makes the generated JSON reader fail at run time.</summary>
    [JsonIgnore] public string Name => NameOrNull ?? Id;

    /// <summary>The unit as people write it (<c>W</c>, <c>mm</c>), at most 32 characters; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>The type of the values.</summary>
    public required PointType Type { get; init; }

    /// <summary>The decimal digits behind the point for <see cref="PointType.Decimal"/>, 0 to 9; 0 for all other types.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Scale { get; init; }

    /// <summary>Whether commands may set the point.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Settable { get; init; }

    /// <summary>The range of the values, or null for none.</summary>
    public ValueRange? Range { get; init; }

    /// <summary>The texts that an enumeration may have, or null when any text may come. Only for <see cref="PointType.Text"/>.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>When the gateway reports, or null for every sample.</summary>
    public ReportingRule? Reporting { get; init; }
}
