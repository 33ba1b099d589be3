using System.Text;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>
/// Names of OpenTelemetry instruments as Prometheus writes them: snake case, the unit in words at the end, <c>_total</c> behind counters.
/// Source: OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility"; Prometheus, "Metric and label naming".
/// </summary>
internal static class PrometheusNames
{
    private static readonly Dictionary<string, string> Units = new()
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams", ["Cel"] = "celsius", ["Hz"] = "hertz", ["%"] = "percent",
    };

    /// <summary>The metric's name.</summary>
    /// <param name="instrument">The instrument's name, such as <c>iot.frames.received</c>.</param>
    /// <param name="unit">Its unit in UCUM; what stands in braces is for people and not part of the name.</param>
    /// <param name="kind">What it is.</param>
    public static string Metric(string instrument, string? unit, MetricKind kind)
    {
        string name = Clean(instrument, allowColon: true);
        string suffix = UnitSuffix(unit, kind);
        if (suffix.Length > 0 && !name.EndsWith("_" + suffix, StringComparison.Ordinal))
        {
            name += "_" + suffix;
        }

        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>A label's name.</summary>
    public static string Label(string key) => Clean(key, allowColon: false);

    private static string UnitSuffix(string? unit, MetricKind kind)
    {
        if (string.IsNullOrEmpty(unit) || unit.StartsWith('{'))
        {
            return "";
        }

        if (unit == "1")
        {
            return kind == MetricKind.Gauge ? "ratio" : "";
        }

        int slash = unit.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? $"{Word(unit[..slash])}_per_{Word(unit[(slash + 1)..]).TrimEnd('s')}" : Word(unit);
    }

    private static string Word(string unit) => Units.TryGetValue(unit, out string? word) ? word : Clean(unit, allowColon: false).Trim('_');

    // Runs of what is not allowed become one underscore; a digit does not begin a name.
    private static string Clean(string text, bool allowColon)
    {
        StringBuilder name = new(text.Length + 1);
        if (text.Length == 0 || char.IsAsciiDigit(text[0]))
        {
            name.Append('_');
        }

        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':'))
            {
                name.Append(c);
            }
            else if (name.Length == 0 || name[^1] != '_')
            {
                name.Append('_');
            }
        }

        return name.ToString();
    }
}
