using System.Threading.Channels;

namespace IotTelemetry.Cloud.Changes;

/// <summary>Says that something changed somewhere; however often it is said, whoever waits wakes once. Saying it again costs one read. One waiter.</summary>
internal sealed class ChangeSignal
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _isSet;

    public void Set()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Completes when it was set since the last wait.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _signal.Reader.ReadAsync(cancellationToken);

        // From here on a change sets it again, and the waiter, which looks only now, sees what changed before.
        Interlocked.Exchange(ref _isSet, 0);
    }
}
