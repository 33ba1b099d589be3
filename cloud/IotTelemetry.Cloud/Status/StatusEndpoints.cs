using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Metrics;

namespace IotTelemetry.Cloud.Status;

/// <summary><c>GET /status</c> for the live view, <c>GET /health/live</c> and <c>/health/ready</c> for supervisors, <c>GET /metrics</c> for Prometheus.</summary>
internal static class StatusEndpoints
{
    public static void Map(WebApplication app, IngestPipeline ingest, Func<long> connections, ServiceHealth health, StoreProbe store, MetricCollector metrics, DoorService door, LiveRebuild? rebuild)
    {
        app.MapGet("/status", () => Results.Json(Report(ingest, connections(), health, door, rebuild), StatusJson.Default.StatusReport));
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), PrometheusText.ContentType));

        // Live: whoever gets no 200 starts the process again. Ready: whoever gets no 200 sends gateways elsewhere, or waits.
        app.MapGet("/health/live", () => Health(health.Fatal, "live"));
        foreach (string ready in (string[])["/health", "/health/ready"])
        {
            app.MapGet(ready, async (CancellationToken gone) => Health(health.Problem ?? await store.ProblemAsync(gone), "ready", rebuild?.Note));
        }
    }

    private static IResult Health(string? problem, string well, string? note = null) => problem is null
        ? Results.Json(new HealthReport(well, null, note), StatusJson.Default.HealthReport)
        : Results.Json(new HealthReport("unavailable", problem), StatusJson.Default.HealthReport, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static StatusReport Report(IngestPipeline ingest, long connections, ServiceHealth health, DoorService door, LiveRebuild? rebuild)
    {
        (long P50Ms, long P99Ms)? latency = ingest.Latency.Read();
        return new StatusReport
        {
            GatewaysOnline = ingest.Statuses.Online,
            GatewaysKnown = ingest.Registry.Count,
            Connections = connections,
            ReadingsReceived = ingest.Counters.ReadingsReceived,
            RowsStored = ingest.Counters.RowsStored,
            FramesReceived = ingest.Counters.FramesReceived,
            FramesStored = ingest.Counters.FramesStored,
            FramesInFlight = ingest.Counters.FramesInFlight,
            FramesDuplicate = ingest.Counters.FramesDuplicate,
            FramesRejected = ingest.Counters.FramesRejected,
            FramesRefused = ingest.Counters.FramesRefused,
            FramesMissing = ingest.Counters.FramesMissing,
            BatchesStored = ingest.Counters.BatchesStored,
            StoreRetries = ingest.Retry.Attempts,
            LagMs = (long)ingest.Lag.TotalMilliseconds,
            StoredP50Ms = latency?.P50Ms,
            StoredP99Ms = latency?.P99Ms,
            DoorStatements = door.Statements,
            DoorLoginsRefused = door.Users.Refused,
            LiveState = rebuild?.State.ToString().ToLowerInvariant(),
            LivePoints = rebuild?.Points ?? 0,
            LivePointsDone = rebuild?.PointsDone ?? 0,
            Problem = health.Problem,
        };
    }
}
