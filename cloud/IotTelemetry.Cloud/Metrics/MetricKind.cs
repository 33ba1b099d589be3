namespace IotTelemetry.Cloud.Metrics;

/// <summary>What a metric is, as far as readers must know; the names in lower case are those of Prometheus' TYPE lines.</summary>
internal enum MetricKind
{
    /// <summary>Only rises, and begins anew at 0 with the process.</summary>
    Counter,

    /// <summary>Rises and falls.</summary>
    Gauge,

    /// <summary>Counts of observations by size.</summary>
    Histogram,
}
