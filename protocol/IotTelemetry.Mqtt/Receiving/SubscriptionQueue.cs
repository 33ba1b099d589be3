using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// The bounded queue between a receive loop and one handler, and the worker that empties it. Two batches: the receive loop fills one under a short
/// lock while the handler works through the other. At most one worker runs at a time, on the thread pool, only while there are messages.
/// </summary>
internal sealed class SubscriptionQueue(MqttClient client, MqttMessageHandler handler, MqttSubscribeOptions options, TimeProvider time)
    : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>
    /// How long the receive loop waits for a full queue before QoS 0 messages are dropped: enough for a busy processor, too short to delay others.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(20);

    private const int AcknowledgementsAtOnce = 64;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly (long Token, MqttReasonCode Reason)[] _due = new (long, MqttReasonCode)[AcknowledgementsAtOnce];
    private MessageBatch _filling = new();
    private MessageBatch _draining = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private int _dueCount;
    private bool _working;
    private bool _overrun;
    private bool _failing;
    private long _added;
    private long _addedBytes;
    private long _handled;
    private long _handledBytes;
    private long _dropped;

    /// <summary>QoS 0 messages dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Adds a message; called by the receive loop only. True if the queue has just become full: the receive loop should give it a moment.
    /// </summary>
    /// <param name="packet">The message; copied.</param>
    /// <param name="token">The handler's share in its acknowledgement, or 0.</param>
    /// <param name="mustStart">True if <see cref="Start"/> is to be called at the end of the batch.</param>
    public bool Enqueue(in MqttPublishPacket packet, long token, out bool mustStart)
    {
        mustStart = false;
        var isFull = IsFull;
        if (packet.QualityOfService == MqttQualityOfService.AtMostOnce)
        {
            if (isFull)
            {
                _overrun = true;
                Interlocked.Increment(ref _dropped);
                return false;
            }
        }
        else if (options.Acknowledgement == MqttAcknowledgementMode.WhenQueued && !isFull)
        {
            client.Acknowledge(token, MqttReasonCode.Success);
            token = 0;
        }

        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return false;
            }

            _filling.Add(packet, token, acknowledgeWhenTaken: options.Acknowledgement == MqttAcknowledgementMode.WhenQueued);
            mustStart = !_working;
            _working = true;
        }

        _added++;
        _addedBytes += packet.Topic.Length + packet.Properties.Encoded.Length + packet.Payload.Length;
        if (_overrun && !IsHalfFull)
        {
            _overrun = false;
        }

        return !_overrun && IsFull && packet.QualityOfService == MqttQualityOfService.AtMostOnce;
    }

    /// <summary>Starts the worker.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Completes when the handler has made room, or after a short grace: then it is taken for slow until half its queue is empty.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource room;
        lock (_lock)
        {
            if (!_working || !IsHalfFull)
            {
                return;
            }

            room = _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await room.Task.WaitAsync(Grace, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _overrun = true;
        }
    }

    /// <summary>Ends the worker: nothing more is handled. Completes when the handler has returned.</summary>
    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        lock (_lock)
        {
            _filling.Release();
            if (!_working)
            {
                return ValueTask.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_idle.Task);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = WorkAsync();

    private bool IsFull => _added - Volatile.Read(ref _handled) >= options.QueueCapacity
        || _addedBytes - Volatile.Read(ref _handledBytes) >= options.QueueCapacityBytes;

    private bool IsHalfFull => _added - Volatile.Read(ref _handled) >= (options.QueueCapacity + 1) / 2
        || _addedBytes - Volatile.Read(ref _handledBytes) >= options.QueueCapacityBytes / 2;

    private async Task WorkAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_filling.Count == 0 || _stop.IsCancellationRequested)
                {
                    _working = false;
                    _room?.TrySetResult();
                    _idle?.TrySetResult();
                    return;
                }

                (_filling, _draining) = (_draining, _filling);
            }

            for (var i = 0; i < _draining.Count && !_stop.IsCancellationRequested; i++)
            {
                await HandleAsync(i).ConfigureAwait(false);
                Volatile.Write(ref _handledBytes, _handledBytes + _draining.GetSize(i));
                Volatile.Write(ref _handled, _handled + 1);
                if (_room is { } room && !IsHalfFull)
                {
                    _room = null;
                    room.TrySetResult();
                }
            }

            SendDue();
            _draining.Clear();
        }
    }

    private ValueTask HandleAsync(int index)
    {
        var token = _draining.GetToken(index);
        if (token != 0 && _draining.IsAcknowledgedWhenTaken(index))
        {
            Due(token, MqttReasonCode.Success);
            token = 0;
        }

        var isManual = options.Acknowledgement == MqttAcknowledgementMode.Manual;
        var message = new MqttReceivedMessage(_draining.GetPacket(index), isManual ? client : null, token);
        ValueTask handling;
        try
        {
            handling = handler(message, _stop.Token);
        }
        catch (Exception exception)
        {
            return HandleSlowlyAsync(ValueTask.FromException(exception), token, isManual);
        }

        if (!handling.IsCompletedSuccessfully)
        {
            SendDue(); // what is done must not wait for a handler that takes its time
            return HandleSlowlyAsync(handling, token, isManual);
        }

        handling.GetAwaiter().GetResult();
        _failing = false;
        if (!isManual)
        {
            Due(token, MqttReasonCode.Success);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask HandleSlowlyAsync(ValueTask handling, long token, bool isManual)
    {
        var reason = MqttReasonCode.Success;
        try
        {
            await handling.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return; // not handled: the server keeps the message for the next connection
        }
        catch (Exception exception)
        {
            reason = MqttReasonCode.UnspecifiedError;
            client.OnHandlerError(exception, isFirst: !_failing);
        }

        _failing = reason != MqttReasonCode.Success;

        // A handler that throws before a manual acknowledgement will hardly give one later.
        if (!isManual || reason != MqttReasonCode.Success)
        {
            Due(token, reason);
        }
    }

    private void Due(long token, MqttReasonCode reason)
    {
        if (token == 0)
        {
            return;
        }

        _due[_dueCount++] = (token, reason);
        if (_dueCount == _due.Length)
        {
            SendDue();
        }
    }

    private void SendDue()
    {
        if (_dueCount > 0)
        {
            client.Acknowledge(_due.AsSpan(0, _dueCount));
            _dueCount = 0;
        }
    }
}
