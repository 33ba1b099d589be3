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
    private Action<object?>? _continuation;
    private object? _continuationState;
    private ExecutionContext? _context;

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
        IsDecided = true;
        _core.SetResult(result);
    }

    public void Fail(Exception error)
    {
        IsDecided = true;
        _core.SetException(error);
    }

    /// <summary>Makes the operation ready for its next publish.</summary>
    public void Reset()
    {
        _core.Reset();
        _continuation = null;
        _continuationState = null;
        _context = null;
        Message = default;
        Next = null;
        PacketId = 0;
        IsDecided = false;
    }

    private MqttClient Owner => client;

    void IThreadPoolWorkItem.Execute()
    {
        if (_context is { } context)
        {
            ExecutionContext.Run(context, static state => ((PublishOperation)state!).Continue(), this);
        }
        else
        {
            Continue();
        }
    }

    MqttPublishResult IValueTaskSource<MqttPublishResult>.GetResult(short token)
    {
        if (token != _core.Version)
        {
            throw new InvalidOperationException("The task of a publish may be awaited only once.");
        }

        // Waits for a cancellation callback under way, so that it cannot reach the next publish that uses this object.
        _registration.Dispose();
        _registration = default;
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

    // The outcome is set on the receive loop under the lock. What awaits it must run neither there nor then, so this puts a hop to the thread pool between,
    // without the allocation that RunContinuationsAsynchronously costs, and without any hop if the outcome comes before the await.
    void IValueTaskSource<MqttPublishResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0
            && (SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default))
        {
            _core.OnCompleted(continuation, state, token, flags);
            return;
        }

        _continuation = continuation;
        _continuationState = state;
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
        {
            _context = ExecutionContext.Capture();
        }

        _core.OnCompleted(
            static operation => ThreadPool.UnsafeQueueUserWorkItem((PublishOperation)operation!, preferLocal: false),
            this,
            token,
            ValueTaskSourceOnCompletedFlags.None);
    }

    private void Continue()
    {
        var continuation = _continuation!;
        var state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation(state);
    }
}
