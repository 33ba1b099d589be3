using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Workers;

/// <summary>How this process comes by the right to write to the store, keeps it and gives it back.</summary>
internal interface IWriterRole
{
    /// <summary>Why not everything that is meant for this process is taken; null when it is.</summary>
    string? Problem { get; }

    /// <summary>The partitions that this process writes for.</summary>
    PartitionSet Held { get; }

    /// <summary>Before the service listens. What is taken by its own broker may be stored from then on.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Runs while the service does; ends with the error when the right is lost.</summary>
    /// <exception cref="LeaseLostException">Another process writes for gateways that this one took frames of.</exception>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>After everything that was taken is stored.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
