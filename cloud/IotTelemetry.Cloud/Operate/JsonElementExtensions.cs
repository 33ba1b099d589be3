using System.Globalization;
using System.Text.Json;

namespace IotTelemetry.Cloud.Operate;

/// <summary>Fields of answers, for people.</summary>
internal static class JsonElementExtensions
{
    /// <summary>A field as text; null when it is not there.</summary>
    public static string? TextOf(this JsonElement element, string field) =>
        !element.TryGetProperty(field, out JsonElement value) ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    /// <summary>A field in Unix milliseconds as the local time.</summary>
    public static string TimeOf(this JsonElement element, string field, string format = "yyyy-MM-dd HH:mm:ss") => element.TryGetProperty(field, out JsonElement value)
        ? DateTimeOffset.FromUnixTimeMilliseconds(value.GetInt64()).ToLocalTime().ToString(format, CultureInfo.InvariantCulture)
        : "";

    /// <summary>The answer as it came, indented.</summary>
    public static string Indented(this JsonElement element) => JsonSerializer.Serialize(element, Writing);

    private static JsonSerializerOptions Writing { get; } = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
