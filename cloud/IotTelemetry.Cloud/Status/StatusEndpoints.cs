using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Status;

/// <summary><c>GET /status</c> for the live view, <c>GET /health</c> for supervisors.</summary>
internal static class StatusEndpoints
{
    public static void Map(WebApplication app, IngestPipeline ingest, Func<long> connections, ServiceHealth health)
    {
        app.MapGet("/status", () => Results.Json(Report(ingest, connections(), health), StatusJson.Default.StatusReport));
        app.MapGet("/health", () => health.Problem is { } problem
            ? Results.Json(new HealthReport("unavailable", problem), StatusJson.Default.HealthReport, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new HealthReport("ready", null), StatusJson.Default.HealthReport));
    }

    private static StatusReport Report(IngestPipeline ingest, long connections, ServiceHealth health)
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
            Problem = health.Problem,
        };
    }
}
