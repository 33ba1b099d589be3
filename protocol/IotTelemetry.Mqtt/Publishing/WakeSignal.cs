using System.Threading.Tasks.Sources;

namespace IotTelemetry.Mqtt;

/// <summary>
/// An auto-reset signal for one waiter, without allocation: the waiter continues on the thread pool. <see cref="Arm"/> and <see cref="Set"/> are
/// called under the client's lock, which is what makes "armed" exact.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private bool _armed;

    /// <summary>Prepares to wait; await the result outside the lock.</summary>
    public ValueTask Arm()
    {
        _core.Reset();
        _armed = true;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the waiter if there is one.</summary>
    public void Set()
    {
        if (_armed)
        {
            _armed = false;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
