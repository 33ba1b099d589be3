using System.Globalization;
using System.Text;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>Tags as Prometheus writes labels: <c>key="value"</c>, by name.</summary>
internal static class PrometheusLabels
{
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        // Different keys may become one label: their values then stand behind one another (OpenTelemetry, compatibility with Prometheus).
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string key, object? value) in tags)
        {
            string name = PrometheusNames.Label(key);
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels[name] = labels.TryGetValue(name, out string? before) ? $"{before};{text}" : text;
        }

        StringBuilder written = new();
        foreach ((string name, string value) in labels)
        {
            written.Append(written.Length == 0 ? "" : ",").Append(name).Append("=\"").Append(Escape(value)).Append('"');
        }

        return written.ToString();
    }

    private static string Escape(string value) => value
        .Replace("\\", @"\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal);
}
