using System.Threading.Tasks.Sources;

namespace IotTelemetry.Mqtt;

/// <summary>
/// One publish that did not complete at once: waiting in a lane or in flight. Pooled; its own value task source and its own thread-pool work item, so a
/// QoS 1 publish allocates nothing. Everything but the awaiting happens under the client's lock.
/// </summary>
internal sealed class PublishOperation(MqttClient client) : IValueTaskSource<MqttPublishResult>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<MqttPublishResult> _core;
    private CancellationTokenRegistration _registration;
    private MqttPublishResult _result;
    private Exception? _error;

    /// <summary>The message while it waits.</summary>
    public MqttMessage Message;

    /// <summary>Links of the lane or of the pool.</summary>
    public PublishOperation? Next;

    /// <summary>Link of the lane.</summary>
    public PublishOperation? Previous;

    /// <summary>The lane it waits in, or null.</summary>
    public PublishLane? Lane;

    /// <summary>The packet identifier in flight, or 0.</summary>
    public ushort PacketId;

    /// <summary>When it began to wait, by the client's clock; only set if the message expires.</summary>
    public long WaitingSince;

    /// <summary>True once the outcome is decided.</summary>
    public bool IsDecided { get; private set; }

    public ValueTask<MqttPublishResult> Task => new(this, _core.Version);

    public void Watch(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var operation = (PublishOperation)state!;
                    operation.Owner.CancelPublish(operation, token);
                },
                this);
        }
    }

    public void Complete(in MqttPublishResult result)
    {
        _result = result;
        IsDecided = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Fail(Exception error)
    {
        _error = error;
        IsDecided = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Makes a pooled operation ready for its next publish.</summary>
    public void Reset()
    {
        _core.Reset();
        _error = null;
        Message = default;
        Next = null;
        PacketId = 0;
        IsDecided = false;
    }

    private MqttClient Owner => client;

    // Runs the awaiting code on the thread pool, never on the receive loop: what it does must not delay acknowledgements.
    void IThreadPoolWorkItem.Execute()
    {
        // Waits for a cancellation callback under way, so that it cannot reach the next publish that uses this object.
        _registration.Dispose();
        _registration = default;
        if (_error is { } error)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(_result);
        }
    }

    MqttPublishResult IValueTaskSource<MqttPublishResult>.GetResult(short token)
    {
        if (token != _core.Version)
        {
            throw new InvalidOperationException("The task of a publish may be awaited only once.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            client.ReturnToPool(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<MqttPublishResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<MqttPublishResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
