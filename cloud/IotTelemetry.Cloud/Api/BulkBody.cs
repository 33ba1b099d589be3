using System.ComponentModel;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>What a client sends to have a point of many assets set.</summary>
internal sealed record BulkBody
{
    [Description("The assets, site/asset each, at most 100000. Or leave it out and choose them with the query parameters of GET /api/assets.")]
    public IReadOnlyList<string>? Assets { get; init; }

    [Description("Which point; may be left out when the assets have one that can be set.")]
    public string? Point { get; init; }

    [Description("What to set it to.")]
    public required PointValue Value { get; init; }

    [Description("Guard: the point must have this value.")]
    public PointValue? Expected { get; init; }

    [Description("Why, for the audit; at most 512 characters.")]
    public required string Reason { get; init; }

    [Description("How long each may be carried out from its turn on, 1 to 3600 seconds; 30 when left out.")]
    public double? ExpirySeconds { get; init; }

    [Description("direct or select; when left out, what the asset's kind asks for.")]
    public CommandMode? Mode { get; init; }

    [Description("How many are begun in a second; never more than the fleet's limit.")]
    public double? PerSecond { get; init; }

    /// <summary>What each asset is to do.</summary>
    public CommandBody Each => new() { Point = Point, Value = Value, Expected = Expected, Reason = Reason, ExpirySeconds = ExpirySeconds, Mode = Mode };
}
