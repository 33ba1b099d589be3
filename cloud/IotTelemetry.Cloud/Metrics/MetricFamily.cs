using System.Diagnostics.Metrics;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>One instrument and everything measured by it. Changed and read under the collector's lock.</summary>
internal sealed class MetricFamily
{
    // Those of the OpenTelemetry specification; instruments that know better advise their own.
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
    private readonly Dictionary<string, MetricSeries> _series = [];
    private readonly double[] _bounds = [];

    public MetricFamily(Instrument instrument)
    {
        Type type = instrument.GetType().GetGenericTypeDefinition();
        IsObserved = instrument.IsObservable;
        Kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        IsSum = type == typeof(Counter<>) || type == typeof(UpDownCounter<>);
        Name = PrometheusNames.Metric(instrument.Name, instrument.Unit, Kind);
        Help = instrument.Description ?? "";
        if (Kind == MetricKind.Histogram)
        {
            _bounds = AdvisedBounds(instrument) ?? DefaultBounds;
        }
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>True when the instrument is asked, and so names all its series anew each time.</summary>
    public bool IsObserved { get; }

    public IEnumerable<MetricSeries> Series => _series.Values;

    private bool IsSum { get; }

    public void Forget() => _series.Clear();

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string labels = PrometheusLabels.Of(tags);
        if (!_series.TryGetValue(labels, out MetricSeries? series))
        {
            _series.Add(labels, series = new MetricSeries(labels, _bounds));
        }

        if (Kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else
        {
            series.Value = IsSum ? series.Value + value : value;
        }
    }

    private static double[]? AdvisedBounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => null,
    };
}
