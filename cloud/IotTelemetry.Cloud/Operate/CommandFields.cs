using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;

namespace IotTelemetry.Cloud.Operate;

/// <summary>The arguments that say what is to be set, and the body that carries them to the service.</summary>
internal sealed class CommandFields
{
    public Argument<string> Value { get; } = new("value") { Description = "on, off, closed, open, a number or a text" };

    public Option<string> Reason { get; } = new("--reason") { Description = "Why, for the audit", Required = true };

    public Option<string?> Point { get; } = new("--point") { Description = "Which point, when the asset has several that can be set" };

    public Option<string?> Expected { get; } = new("--expected") { Description = "Guard: the point must have this value now" };

    public Option<double?> Expiry { get; } = new("--expiry") { Description = "Seconds within which it must be carried out, up to 3600 (default 30)" };

    public Option<string?> Mode { get; } = new("--mode") { Description = "direct, or select: select before operate; when left out, what the asset's kind asks for" };

    /// <summary>The body of a request.</summary>
    public object Body(ParseResult parsed, string[]? assets, double? perSecond) => new RequestBody(
        assets,
        parsed.GetValue(Point),
        ValueOf(parsed.GetRequiredValue(Value)),
        parsed.GetValue(Expected) is { } expected ? ValueOf(expected) : null,
        parsed.GetRequiredValue(Reason),
        parsed.GetValue(Expiry),
        parsed.GetValue(Mode),
        perSecond);

    private static object ValueOf(string text) =>
        bool.TryParse(text, out bool truth) ? truth
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
        : text;

    private sealed record RequestBody(
        IReadOnlyList<string>? Assets, string? Point, [property: JsonPropertyName("value")] object Value, object? Expected, string Reason, double? ExpirySeconds, string? Mode, double? PerSecond);
}
