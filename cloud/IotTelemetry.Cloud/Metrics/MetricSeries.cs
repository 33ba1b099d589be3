namespace IotTelemetry.Cloud.Metrics;

/// <summary>One combination of labels of one metric. Changed and read under the collector's lock.</summary>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];

    /// <summary>The labels as they are written, without braces; empty when there are none.</summary>
    public string Labels { get; } = labels;

    /// <summary>The value of a counter or gauge; the sum of a histogram.</summary>
    public double Value { get; set; }

    /// <summary>How many were observed.</summary>
    public long Count { get; private set; }

    /// <summary>Upper bounds, inclusive, of the buckets; the last bucket has none.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>How many fell into each bucket, not cumulative.</summary>
    public IReadOnlyList<long> Buckets => _buckets;

    public void Observe(double value)
    {
        int bucket = Array.BinarySearch(bounds, value);
        _buckets[bucket < 0 ? ~bucket : bucket]++;
        Value += value;
        Count++;
    }
}
