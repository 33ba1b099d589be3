using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>What somebody wants, before it is looked at.</summary>
internal sealed record CommandOrder
{
    public required AssetId Asset { get; init; }

    /// <summary>Which point; null for the only settable one.</summary>
    public string? Point { get; init; }

    /// <summary>The value; for a boolean point <c>on</c>, <c>off</c>, <c>closed</c> and <c>open</c> will do.</summary>
    public required PointValue Value { get; init; }

    /// <summary>The guard; null for none.</summary>
    public PointValue? Expected { get; init; }

    public required string Author { get; init; }

    public required string Reason { get; init; }

    /// <summary>How long it may be carried out; null for <see cref="CommandOptions.DefaultLife"/>.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>Select before operate, or not; null for what the asset's kind asks for.</summary>
    public bool? SelectFirst { get; init; }

    /// <summary>Empty for none; at most 255 characters.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Tells the same request from another under the same key.</summary>
    public string Fingerprint { get; init; } = "";
}
