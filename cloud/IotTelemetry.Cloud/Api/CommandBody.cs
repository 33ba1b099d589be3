using System.ComponentModel;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>What a client sends to have a point set.</summary>
internal sealed record CommandBody
{
    [Description("Which point; may be left out when the asset has one that can be set.")]
    public string? Point { get; init; }

    [Description("What to set it to: a boolean, a number or a text. For a boolean point on, off, closed and open will do.")]
    public required PointValue Value { get; init; }

    [Description("Guard: the point must have this value now.")]
    public PointValue? Expected { get; init; }

    [Description("Why, for the audit; at most 512 characters.")]
    public required string Reason { get; init; }

    [Description("How long it may be carried out, 1 to 3600 seconds; 30 when left out.")]
    public double? ExpirySeconds { get; init; }

    [Description("direct or select; when left out, what the asset's kind asks for.")]
    public CommandMode? Mode { get; init; }

    /// <summary>As an order for an asset.</summary>
    public CommandOrder ToOrder(AssetId asset, CommandHeaders headers) => new()
    {
        Asset = asset,
        Point = Point,
        Value = Value,
        Expected = Expected,
        Author = headers.Author ?? "",
        Reason = Reason,
        Life = ExpirySeconds is { } seconds && double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1e6)) : null,
        SelectFirst = Mode is { } mode ? mode == CommandMode.Select : null,
        IdempotencyKey = headers.IdempotencyKey ?? "",
    };
}
