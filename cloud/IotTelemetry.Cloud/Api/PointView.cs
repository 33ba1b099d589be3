using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>One point of an asset as the API shows it.</summary>
internal sealed record PointView
{
    public required string Name { get; init; }

    public required PointType Type { get; init; }

    public string? Unit { get; init; }

    public bool Settable { get; init; }

    /// <summary>The texts it may have.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    /// <summary>The last value: a boolean, a number or a text; absent before the first.</summary>
    public PointValue? Value { get; init; }

    /// <summary>When it was measured, by the gateway's clock.</summary>
    public long? TsMs { get; init; }

    /// <summary>When the cloud received it.</summary>
    public long? ReceivedAtMs { get; init; }

    public Quality? Quality { get; init; }

    public static PointView Of(PointDefinition point, LiveValue? value) => new()
    {
        Name = point.Name,
        Type = point.Type,
        Unit = point.Unit,
        Settable = point.Settable,
        Values = point.Values,
        Minimum = point.Range?.Minimum,
        Maximum = point.Range?.Maximum,
        Value = value is { } known ? ValueOf(point, known) : null,
        TsMs = value?.TsMs,
        ReceivedAtMs = value?.ReceivedAtMs,
        Quality = value?.Quality,
    };

    /// <summary>The value in the point's type; null for a number that is none (NaN, infinity), which only a <c>float</c> can be.</summary>
    public static PointValue? ValueOf(PointDefinition point, in LiveValue value) => point.Type switch
    {
        PointType.Boolean => PointValue.Of(value.Number != 0),
        PointType.Text => PointValue.Of(value.Text ?? ""),
        _ => double.IsFinite(value.Number) ? PointValue.Of(value.Number) : null,
    };
}
