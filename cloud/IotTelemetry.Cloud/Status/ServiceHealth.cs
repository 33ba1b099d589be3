using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Status;

/// <summary>Whether the service may be sent telemetry: it runs, it is not stopping, and the store takes rows. Thread-safe.</summary>
internal sealed class ServiceHealth(IngestPipeline ingest, IWriterRole role)
{
    private volatile bool _stopping;

    public void Stopping() => _stopping = true;

    /// <summary>Why the process is of no use any more and should be started again; null while it is.</summary>
    public string? Fatal => !_stopping && ingest.Completion.IsCompleted ? "ingest has stopped" : null;

    /// <summary>Why not; null when it may.</summary>
    public string? Problem => _stopping ? "the service is stopping"
        : ingest.Completion.IsCompleted ? "ingest has stopped"
        : ingest.Retry.FailingFor is { } outage ? $"the store has not taken rows for {outage.TotalSeconds:F0} s: {ingest.Retry.LastError}"
        : role.Problem;
}
