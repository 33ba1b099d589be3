using IotTelemetry.Broker.Sessions;

namespace IotTelemetry.Broker.Diagnostics;

/// <summary>The broker's counters. What happens per message is added once per batch.</summary>
internal sealed class BrokerMetrics
{
    private long _connectionsAccepted;
    private long _connectionsRefused;
    private long _protocolErrors;
    private long _keepAliveTimeouts;
    private long _takeOvers;
    private long _publishesReceived;
    private long _publishesSent;
    private long _messagesDropped;
    private long _messagesExpired;
    private long _permissionsRefused;
    private long _handlerFailures;
    private long _retainRefusals;
    private long _queuedMessages;

    public void Accepted() => Interlocked.Increment(ref _connectionsAccepted);

    public void Refused() => Interlocked.Increment(ref _connectionsRefused);

    public void ProtocolError() => Interlocked.Increment(ref _protocolErrors);

    public void KeepAliveTimeout() => Interlocked.Increment(ref _keepAliveTimeouts);

    public void TakenOver() => Interlocked.Increment(ref _takeOvers);

    public void PublishesReceived(int count) => Interlocked.Add(ref _publishesReceived, count);

    public void PublishesSent(long count) => Interlocked.Add(ref _publishesSent, count);

    public void PermissionRefused() => Interlocked.Increment(ref _permissionsRefused);

    public void HandlerFailed() => Interlocked.Increment(ref _handlerFailures);

    public void RetainRefused() => Interlocked.Increment(ref _retainRefusals);

    public void Queued() => Interlocked.Increment(ref _queuedMessages);

    public void Dequeued(int count = 1) => Interlocked.Add(ref _queuedMessages, -count);

    public void Dropped(DeliveryResult why) => Interlocked.Increment(ref why == DeliveryResult.Expired ? ref _messagesExpired : ref _messagesDropped);

    /// <summary>The counters of this moment; the gauges that others know are theirs to fill in.</summary>
    public MqttBrokerCounters Snapshot() => new()
    {
        ConnectionsAccepted = Volatile.Read(ref _connectionsAccepted),
        ConnectionsRefused = Volatile.Read(ref _connectionsRefused),
        ProtocolErrors = Volatile.Read(ref _protocolErrors),
        KeepAliveTimeouts = Volatile.Read(ref _keepAliveTimeouts),
        TakeOvers = Volatile.Read(ref _takeOvers),
        PublishesReceived = Volatile.Read(ref _publishesReceived),
        PublishesSent = Volatile.Read(ref _publishesSent),
        MessagesDropped = Volatile.Read(ref _messagesDropped),
        MessagesExpired = Volatile.Read(ref _messagesExpired),
        PermissionsRefused = Volatile.Read(ref _permissionsRefused),
        HandlerFailures = Volatile.Read(ref _handlerFailures),
        RetainRefusals = Volatile.Read(ref _retainRefusals),
        QueuedMessages = Volatile.Read(ref _queuedMessages),
    };
}
