using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

public sealed partial class MqttClient
{
    private readonly Queue<MqttSubscription> _subscriptionRequests = new();

    /// <summary>Replaced as a whole, so that the receive loop reads it without the lock.</summary>
    private volatile MqttSubscription[] _subscriptions = [];

    private uint _lastIdentifier;
    private long _droppedByEnded;
    private long _handlerErrors;

    /// <summary>
    /// Subscribes and completes when the server has accepted. Before <see cref="ConnectAsync"/> it only registers the handler, so that nothing a
    /// resumed session delivers is missed; the SUBSCRIBE then goes out with the connection.
    /// </summary>
    /// <exception cref="ArgumentException">The filter is not valid.</exception>
    /// <exception cref="InvalidOperationException">This client already subscribes to the filter.</exception>
    /// <exception cref="MqttSubscriptionRefusedException">The server refused.</exception>
    public Task<MqttSubscription> SubscribeAsync(
        string filter, MqttMessageHandler handler, MqttSubscribeOptions? options = null, CancellationToken cancellationToken = default) =>
        SubscribeAsync([filter], handler, options, cancellationToken);

    /// <summary>Subscribes to several filters with one handler and one queue; otherwise the same.</summary>
    /// <exception cref="ArgumentException">A filter is not valid, or there is none.</exception>
    /// <exception cref="InvalidOperationException">This client already subscribes to a filter.</exception>
    /// <exception cref="MqttSubscriptionRefusedException">The server refused a filter; then none remains subscribed.</exception>
    public async Task<MqttSubscription> SubscribeAsync(
        IReadOnlyList<string> filters, MqttMessageHandler handler, MqttSubscribeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        options ??= new MqttSubscribeOptions();
        SubscribeCheck.Check(filters, options);
        cancellationToken.ThrowIfCancellationRequested();
        MqttSubscription subscription;
        lock (_gate)
        {
            ThrowIfEnded();
            subscription = AddSubscription(filters, handler, options);
            if (_state == MqttClientState.Created)
            {
                return subscription;
            }

            _subscriptionRequests.Enqueue(subscription);
            if (_connection is { } connection)
            {
                Pump(connection);
            }
        }

        try
        {
            await subscription.Answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await UnsubscribeAsync(subscription).ConfigureAwait(false);
            throw;
        }
    }

    internal async ValueTask UnsubscribeAsync(MqttSubscription subscription)
    {
        lock (_gate)
        {
            if (subscription.State is SubscriptionState.Ending or SubscriptionState.Ended)
            {
                return;
            }

            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            _droppedByEnded += subscription.Dropped;

            // Of several filters the server may have refused one and made the others.
            var isKnown = subscription.State is SubscriptionState.Made or SubscriptionState.Requested
                || (subscription.State == SubscriptionState.Refused && subscription.Filters.Count > 1);
            subscription.MoveTo(SubscriptionState.Ending);
            if (isKnown && _connection is { } connection)
            {
                _subscriptionRequests.Enqueue(subscription);
                Pump(connection);
            }
            else
            {
                subscription.Unsubscribed.TrySetResult();
            }
        }

        var over = Task.WhenAll(subscription.Unsubscribed.Task, subscription.Queue.DisposeAsync().AsTask());
        await Task.WhenAny(over, Task.Delay(_options.DisposeTimeout, _options.TimeProvider)).ConfigureAwait(false);
        lock (_gate)
        {
            subscription.MoveTo(SubscriptionState.Ended);
        }
    }

    /// <summary>Counts a handler's failure; logs it if it is the first of a row.</summary>
    internal void OnHandlerError(Exception exception, bool isFirst)
    {
        Interlocked.Increment(ref _handlerErrors);
        if (isFirst)
        {
            ClientLog.HandlerFailed(_options.Logger, exception);
        }
    }

    private MqttSubscription AddSubscription(IReadOnlyList<string> filters, MqttMessageHandler handler, MqttSubscribeOptions options)
    {
        foreach (var filter in filters)
        {
            if (_subscriptions.Any(other => other.Filters.Contains(filter)))
            {
                throw new InvalidOperationException($"This client already subscribes to '{filter}'; dispose that subscription first.");
            }
        }

        var subscription = new MqttSubscription(this, ++_lastIdentifier, [.. filters], handler, options, _options.TimeProvider);
        _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    private void EnqueueUnmadeSubscriptions()
    {
        _subscriptionRequests.Clear();
        foreach (var subscription in _subscriptions)
        {
            if (subscription.State == SubscriptionState.Unmade)
            {
                _subscriptionRequests.Enqueue(subscription);
            }
        }
    }

    private void PumpSubscriptions(MqttConnection connection)
    {
        while (connection.Outgoing.HasRoom && _subscriptionRequests.TryPeek(out var subscription))
        {
            if (subscription.State == SubscriptionState.Unmade)
            {
                if (!_inflight.TryTake(InflightState.AwaitingSubAck, out var id))
                {
                    return;
                }

                subscription.MoveTo(SubscriptionState.Requested);
                _inflight[id].Subscription = subscription;
                WriteSubscribe(connection, id, subscription);
            }
            else if (subscription.State == SubscriptionState.Ending)
            {
                if (!_inflight.TryTake(InflightState.AwaitingUnsubAck, out var id))
                {
                    return;
                }

                _inflight[id].Subscription = subscription;
                MqttPacketWriter.WriteUnsubscribe(
                    connection.Outgoing,
                    new MqttUnsubscribePacket(id, default, Array.ConvertAll(subscription.EncodedFilters, static filter => new ReadOnlyMemory<byte>(filter))),
                    _options.ProtocolVersion);
            }

            _subscriptionRequests.Dequeue();
            connection.Wake();
        }
    }

    private void WriteSubscribe(MqttConnection connection, ushort id, MqttSubscription subscription)
    {
        var options = subscription.Options;
        _properties.Clear();
        if (connection.Info.SubscriptionIdentifierAvailable)
        {
            _properties.Add(MqttPropertyId.SubscriptionIdentifier, subscription.Identifier);
        }

        foreach (var property in options.UserProperties)
        {
            _properties.AddUser(property.Name, property.Value);
        }

        var requests = Array.ConvertAll(subscription.EncodedFilters, filter => new MqttSubscriptionRequest(
            filter, options.MaximumQualityOfService, options.NoLocal, options.RetainAsPublished, options.RetainHandling));
        MqttPacketWriter.WriteSubscribe(connection.Outgoing, new MqttSubscribePacket(id, _properties.Build(), requests), _options.ProtocolVersion);
    }

    private void OnSubAck(in MqttSubAckPacket packet)
    {
        lock (_gate)
        {
            if (TakeSubscription(packet.PacketId, MqttPacketType.SubAck) is not { } subscription)
            {
                return;
            }

            if (packet.ReasonCodes.Length != subscription.Filters.Count)
            {
                throw MqttProtocolException.Protocol(
                    $"[MQTT-3.9.3-1] SUBACK has {packet.ReasonCodes.Length} reason codes for {subscription.Filters.Count} filters");
            }

            if (subscription.State != SubscriptionState.Requested)
            {
                return; // ended meanwhile; its UNSUBSCRIBE follows
            }

            for (var i = 0; i < packet.ReasonCodes.Length; i++)
            {
                if (packet[i].IsError())
                {
                    subscription.MoveTo(SubscriptionState.Refused);
                    ClientLog.SubscriptionRefused(_options.Logger, subscription.Filters[i], packet[i]);
                    subscription.Answered.TrySetException(new MqttSubscriptionRefusedException(
                        $"{_options.Endpoint} refused the subscription to '{subscription.Filters[i]}': {packet[i]}.", packet[i]));
                    return;
                }
            }

            subscription.MoveTo(SubscriptionState.Made);
            subscription.Answered.TrySetResult();
        }
    }

    private void OnUnsubAck(in MqttSubAckPacket packet)
    {
        lock (_gate)
        {
            TakeSubscription(packet.PacketId, MqttPacketType.UnsubAck)?.Unsubscribed.TrySetResult();
        }
    }

    private MqttSubscription? TakeSubscription(ushort packetId, MqttPacketType answer)
    {
        ref var slot = ref _inflight[packetId];
        if (InflightTransitions.Next(slot.State, answer, isError: false) is null)
        {
            _unknownAcknowledgements++;
            return null;
        }

        var subscription = slot.Subscription;
        _inflight.Release(packetId);
        return subscription;
    }
}
