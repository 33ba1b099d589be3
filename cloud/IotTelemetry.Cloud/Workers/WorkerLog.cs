namespace IotTelemetry.Cloud.Workers;

/// <summary>Log messages of workers: who has which partitions. Event ids are stable.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(800, LogLevel.Information, "Worker {Worker} is writer {Writer}; its partitions are {Partitions}")]
    public static partial void WorkerStarted(ILogger logger, string worker, uint writer, string partitions);

    [LoggerMessage(801, LogLevel.Information, "Partitions {Partitions} taken over; {Predecessors} earlier writers were looked after")]
    public static partial void PartitionsTakenOver(ILogger logger, string partitions, int predecessors);

    [LoggerMessage(802, LogLevel.Information, "Partitions {Partitions} given up: another worker asked the broker for them. This one stands by")]
    public static partial void PartitionsYielded(ILogger logger, string partitions);

    [LoggerMessage(803, LogLevel.Warning, "Partitions could not be taken over; they are tried again")]
    public static partial void TakeOverFailed(ILogger logger, Exception exception);

    [LoggerMessage(804, LogLevel.Error, "The broker refused the subscription to partition {Partition}")]
    public static partial void SubscriptionRefused(ILogger logger, int partition, Exception exception);

    [LoggerMessage(805, LogLevel.Warning, "The leases could not be given back; others take the partitions over when they run out")]
    public static partial void LeasesNotReleased(ILogger logger, Exception exception);

    [LoggerMessage(806, LogLevel.Information, "Another process writes to this store, or did until a moment ago; this one begins when its lease is over")]
    public static partial void WaitingForWriter(ILogger logger);

    [LoggerMessage(808, LogLevel.Information, "Worker {Worker} has a part of the fleet: it stores; the API of assets and commands, and occupancy sessions, are off here")]
    public static partial void PartOfFleet(ILogger logger, string worker);

    [LoggerMessage(807, LogLevel.Warning, "The lease on this worker's partitions could not be renewed; nothing is written when it runs out, until it is")]
    public static partial void LeaseNotRenewed(ILogger logger, Exception exception);
}
