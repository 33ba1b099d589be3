using System.Diagnostics.Metrics;
using IotTelemetry.Cloud.Metrics;

namespace IotTelemetry.Cloud.Tests.Metrics;

/// <summary>Prometheus' text format, written from what instruments measured.</summary>
public sealed class MetricCollectorTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid()}");
    private readonly MetricCollector _collector;

    public MetricCollectorTests() => _collector = new MetricCollector(name => name == _meter.Name);

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counter_sums_by_labels_and_ends_in_total()
    {
        Counter<long> counter = _meter.CreateCounter<long>("iot.frames.received", "{frame}", "Frames taken");
        counter.Add(2, new KeyValuePair<string, object?>("site", "b"));
        counter.Add(3, new KeyValuePair<string, object?>("site", "a"));
        counter.Add(4, new KeyValuePair<string, object?>("site", "b"));
        Assert.Equal(
            "# HELP iot_frames_received_total Frames taken\n# TYPE iot_frames_received_total counter\niot_frames_received_total{site=\"a\"} 3\niot_frames_received_total{site=\"b\"} 6\n",
            _collector.Write());
    }

    [Fact]
    public void Observed_values_are_those_of_the_moment_and_only_them()
    {
        List<Measurement<double>> now = [new(1.5, new KeyValuePair<string, object?>("part", "x")), new(double.PositiveInfinity, new KeyValuePair<string, object?>("part", "y"))];
        _meter.CreateObservableGauge("lag", () => now, "s");
        Assert.Equal("# TYPE lag_seconds gauge\nlag_seconds{part=\"x\"} 1.5\nlag_seconds{part=\"y\"} +Inf\n", _collector.Write());
        now.RemoveAt(0);
        Assert.Equal("# TYPE lag_seconds gauge\nlag_seconds{part=\"y\"} +Inf\n", _collector.Write());
        now.Clear();
        Assert.Equal("", _collector.Write());
    }

    [Fact]
    public void Observed_counter_is_not_added_up()
    {
        long total = 5;
        _meter.CreateObservableCounter("rows", () => total);
        _collector.Write();
        total = 7;
        Assert.Equal("# TYPE rows_total counter\nrows_total 7\n", _collector.Write());
    }

    [Fact]
    public void Histogram_has_cumulative_buckets_with_inclusive_bounds_sum_and_count()
    {
        Histogram<double> histogram = _meter.CreateHistogram("storing", "s", "Time", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (double value in (double[])[0.25, 0.5, 0.75, 2])
        {
            histogram.Record(value, new KeyValuePair<string, object?>("k", "v"));
        }

        Assert.Equal(
            """
            # HELP storing_seconds Time
            # TYPE storing_seconds histogram
            storing_seconds_bucket{k="v",le="0.5"} 2
            storing_seconds_bucket{k="v",le="1"} 3
            storing_seconds_bucket{k="v",le="+Inf"} 4
            storing_seconds_sum{k="v"} 3.5
            storing_seconds_count{k="v"} 4

            """,
            _collector.Write());
    }

    [Fact]
    public void What_would_break_a_line_is_escaped()
    {
        Counter<int> counter = _meter.CreateCounter<int>("odd", description: "back\\slash\nand line");
        counter.Add(1, new KeyValuePair<string, object?>("a.b", "say \"no\"\\\n"), new KeyValuePair<string, object?>("a-b", 1.5), new KeyValuePair<string, object?>("none", null));
        Assert.Equal(
            """
            # HELP odd_total back\\slash\nand line
            # TYPE odd_total counter
            odd_total{a_b="say \"no\"\\\n;1.5",none=""} 1

            """,
            _collector.Write());
    }

    [Theory]
    [InlineData("a.b", "By", nameof(MetricKind.Counter), "a_b_bytes_total")]
    [InlineData("a_seconds", "s", nameof(MetricKind.Gauge), "a_seconds")]
    [InlineData("a.total", "{x}", nameof(MetricKind.Counter), "a_total")]
    [InlineData("9 lives", null, nameof(MetricKind.Gauge), "_9_lives")]
    [InlineData("load", "1", nameof(MetricKind.Gauge), "load_ratio")]
    [InlineData("load", "1", nameof(MetricKind.Counter), "load_total")]
    [InlineData("speed", "m/s", nameof(MetricKind.Gauge), "speed_meters_per_second")]
    [InlineData("cpu", "%", nameof(MetricKind.Gauge), "cpu_percent")]
    public void Names_follow_the_conventions(string instrument, string? unit, string kind, string expected) =>
        Assert.Equal(expected, PrometheusNames.Metric(instrument, unit, Enum.Parse<MetricKind>(kind)));

    [Fact]
    public void Meter_that_is_gone_is_not_written_any_more()
    {
        _meter.CreateCounter<long>("gone").Add(1);
        Assert.NotEqual("", _collector.Write());
        _meter.Dispose();
        Assert.Equal("", _collector.Write());
    }
}
