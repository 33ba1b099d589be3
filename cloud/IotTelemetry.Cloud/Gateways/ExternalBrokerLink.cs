using System.Collections.Concurrent;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Gateways;

/// <summary>The gateways through another broker, one session for each partition of this worker.</summary>
internal sealed class ExternalBrokerLink(BrokerOptions options, TimeProvider time, ILoggerFactory logs) : IGatewayLink, IAsyncDisposable
{
    private readonly Dictionary<TopicKind, GatewayMessageHandler> _handlers = [];
    private readonly ConcurrentDictionary<int, PartitionSession> _sessions = new();

    /// <summary>Raised with a partition when another worker has taken its session over. It is to be closed.</summary>
    public event Action<int>? TakenOver;

    /// <summary>Partitions that the broker hands messages of to this worker.</summary>
    public PartitionSet Connected => PartitionSet.Of(_sessions.Where(session => session.Value.IsConnected).Select(session => session.Key));

    /// <summary>Partitions that a session was begun for.</summary>
    public PartitionSet Opened => PartitionSet.Of(_sessions.Keys);

    /// <inheritdoc/>
    public void Receive(TopicKind kind, GatewayMessageHandler handler) => _handlers.Add(kind, handler);

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(GatewayId gateway, MqttMessage message, CancellationToken cancellationToken) =>
        _sessions.TryGetValue(gateway.Partition, out PartitionSession? session)
            ? session.SendAsync(message, cancellationToken)
            : ValueTask.FromException<bool>(new GatewayLinkException($"{gateway} is in partition {gateway.Partition}, which this worker does not have"));

    /// <summary>Connects for partitions, and takes what comes. Nobody else takes for them any more.</summary>
    public void Open(PartitionSet partitions)
    {
        foreach (int partition in partitions.Without(Opened))
        {
            PartitionSession session = new(partition, options, _handlers, p => TakenOver?.Invoke(p), time, logs.CreateLogger<PartitionSession>());
            _sessions[partition] = session;
            session.Open();
        }
    }

    /// <summary>From now on nothing is taken, and nothing acknowledged but what was taken: the rest stays with the broker.</summary>
    public void Stop()
    {
        foreach (PartitionSession session in _sessions.Values)
        {
            session.Stop();
        }
    }

    /// <summary>Ends sessions of this worker; when it returns nothing of these partitions is being taken any more.</summary>
    public Task CloseAsync(PartitionSet partitions) => Task.WhenAll(partitions.Select(partition =>
        _sessions.TryRemove(partition, out PartitionSession? session) ? session.DisposeAsync().AsTask() : Task.CompletedTask));

    /// <summary>Ends all sessions.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync(Opened);
}
