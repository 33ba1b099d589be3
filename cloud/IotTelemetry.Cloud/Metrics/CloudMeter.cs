using System.Diagnostics.Metrics;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Metrics;

/// <summary>The service's own instruments, as the meter <c>IotTelemetry.Cloud</c>. Per gateway they would be too many for this: see the table <c>internal_telemetry</c>.</summary>
internal sealed class CloudMeter : IDisposable
{
    public const string Name = "IotTelemetry.Cloud";

    private static readonly double[] LatencyBounds = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 3600, 86_400];
    private readonly Meter _meter = new(Name);

    public CloudMeter(IngestPipeline ingest, IWriterRole role)
    {
        Counter("iot.frames.received", "{frame}", "Messages on telemetry topics, repeats and refused ones too", () => ingest.Counters.FramesReceived);
        Counter("iot.frames.stored", "{frame}", "Frames stored", () => ingest.Counters.FramesStored);
        Counter("iot.frames.duplicate", "{frame}", "Frames that came again and were dropped", () => ingest.Counters.FramesDuplicate);
        Counter("iot.frames.rejected", "{frame}", "Frames and other messages that went to rejects", () => ingest.Counters.FramesRejected);
        Counter("iot.frames.refused", "{frame}", "Frames left with their gateways for now", () => ingest.Counters.FramesRefused);
        Counter("iot.frames.missing", "{frame}", "Frames that their gateways say will never come", () => ingest.Counters.FramesMissing);
        Counter("iot.births.received", "{birth}", "Births taken", () => ingest.Counters.BirthsReceived);
        Counter("iot.readings.received", "{reading}", "Readings in frames that were accepted, each once", () => ingest.Counters.ReadingsReceived);
        Counter("iot.rows.stored", "{row}", "Rows stored in readings", () => ingest.Counters.RowsStored);
        Counter("iot.batches.stored", "{batch}", "Batches stored", () => ingest.Counters.BatchesStored);
        Counter("iot.store.retries", "{insert}", "Inserts that were repeated", () => ingest.Retry.Attempts);
        Gauge("iot.store.failing", "s", "How long the store has not taken rows; 0 while it does", () => ingest.Retry.FailingFor?.TotalSeconds ?? 0);
        Gauge("iot.frames.in_flight", "{frame}", "Frames taken and not stored yet", () => ingest.Counters.FramesInFlight);
        Gauge("iot.ingest.lag", "s", "Age of the oldest frame that is taken and not stored", () => ingest.Lag.TotalSeconds);
        Gauge("iot.gateways.known", "{gateway}", "Gateways this process takes care of", () => ingest.Registry.Count);
        Gauge("iot.gateways.online", "{gateway}", "Gateways that say they are online", () => ingest.Statuses.Online);
        Gauge("iot.partitions.held", "{partition}", "Partitions this process writes for", () => role.Held.Count);
        ingest.Latency.Histogram = _meter.CreateHistogram(
            "iot.frame.storing", "s", "From a frame's closing at its gateway to its confirmation", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBounds });
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string unit, string description, Func<long> value) => _meter.CreateObservableCounter(name, value, unit, description);

    private void Gauge(string name, string unit, string description, Func<double> value) => _meter.CreateObservableGauge(name, value, unit, description);
}
