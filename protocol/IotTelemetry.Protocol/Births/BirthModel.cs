namespace IotTelemetry.Protocol;

/// <summary>The rest of a birth as it goes over the wire: what the content hash covers.</summary>
internal sealed record BirthModel
{
    public required IReadOnlyList<PointDefinition> Definitions { get; init; }

    public required IReadOnlyList<Asset> Assets { get; init; }
}
