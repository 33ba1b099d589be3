using System.Globalization;
using System.Text;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>Prometheus' text format 0.0.4. Source: Prometheus, "Exposition formats".</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes families by name; of two instruments with one name the first gives help and type.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, MetricFamily> named in families.GroupBy(family => family.Name).OrderBy(named => named.Key, StringComparer.Ordinal))
        {
            MetricFamily first = named.First();
            MetricSeries[] series = [.. named.Where(family => family.Kind == first.Kind).SelectMany(family => family.Series).DistinctBy(one => one.Labels).OrderBy(one => one.Labels, StringComparer.Ordinal)];
            if (series.Length == 0)
            {
                continue;
            }

            if (first.Help.Length > 0)
            {
                text.Append("# HELP ").Append(first.Name).Append(' ').Append(first.Help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(first.Name).Append(' ').Append(first.Kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (MetricSeries one in series)
            {
                if (first.Kind == MetricKind.Histogram)
                {
                    WriteHistogram(text, first.Name, one);
                }
                else
                {
                    Line(text, first.Name, one.Labels, one.Value);
                }
            }
        }

        return text.ToString();
    }

    // Buckets are cumulative, and the last one has them all.
    private static void WriteHistogram(StringBuilder text, string name, MetricSeries series)
    {
        string comma = series.Labels.Length == 0 ? "" : ",";
        long below = 0;
        for (int i = 0; i < series.Buckets.Count; i++)
        {
            below += series.Buckets[i];
            string bound = i < series.Bounds.Count ? Number(series.Bounds[i]) : "+Inf";
            Line(text, name + "_bucket", $"{series.Labels}{comma}le=\"{bound}\"", below);
        }

        Line(text, name + "_sum", series.Labels, series.Value);
        Line(text, name + "_count", series.Labels, series.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
