using System.IO.Pipelines;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>Holds the first bytes back until there are more than <paramref name="heldBytes"/> of them, and asks only then for the writer of all.</summary>
/// <param name="heldBytes">How many.</param>
/// <param name="begin">Gives the writer.</param>
internal sealed class HeldWriter(int heldBytes, Func<ValueTask<PipeWriter>> begin) : PipeWriter, IDisposable
{
    private readonly PooledBuffer _held = new();
    private PipeWriter? _target;

    public override bool CanGetUnflushedBytes => false;

    public override void Advance(int bytes)
    {
        if (_target is null)
        {
            _held.Advance(bytes);
        }
        else
        {
            _target.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _target?.GetMemory(sizeHint) ?? _held.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _target is not null ? _target.FlushAsync(cancellationToken)
        : _held.Length < heldBytes ? new(new FlushResult(isCanceled: false, isCompleted: false))
        : BeginAsync(cancellationToken);

    /// <summary>Everything is written.</summary>
    public async Task EndAsync()
    {
        if (_target is null)
        {
            await BeginAsync(CancellationToken.None);
        }
        else
        {
            await _target.FlushAsync(CancellationToken.None);
        }
    }

    public override void CancelPendingFlush() => _target?.CancelPendingFlush();

    /// <summary>Does nothing: the writer of all is not this one's to complete.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    public void Dispose() => _held.Dispose();

    private async ValueTask<FlushResult> BeginAsync(CancellationToken cancellationToken)
    {
        _target = await begin();
        return await _target.WriteAsync(_held.Written, cancellationToken);
    }
}
