using System.Buffers;
using System.IO.Pipelines;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// Bytes on their way to one client. Any thread appends under <see cref="Gate"/>; whoever <see cref="Commit"/> tells to must call <see cref="Flush"/> once its batch
/// is done, so that many packets make one write. One writer at a time hands them to the transport. Idle, it holds no buffer.
/// </summary>
internal sealed class ConnectionOutput(PipeWriter pipe, int limit, IOutputOwner owner) : IBufferWriter<byte>, IThreadPoolWorkItem
{
    private const int FirstBuffer = 4096;

    private byte[] _buffer = [];
    private int _length;
    private volatile OutputState _state;
    private bool _ownerWaits;
    private TaskCompletionSource? _emptied;

    /// <summary>Guards appending. Never held across an await or while another lock is taken.</summary>
    public Lock Gate { get; } = new();

    /// <summary>No more QoS 0 messages should be appended.</summary>
    public bool IsFull => Volatile.Read(ref _length) >= limit;

    /// <summary>Nothing appended will reach the client any more.</summary>
    public bool IsClosed => _state == OutputState.Closed;

    /// <summary>Memory for one packet; only under <see cref="Gate"/>.</summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_length);
    }

    /// <summary>As <see cref="GetSpan"/>.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_length);
    }

    public void Advance(int count) => _length += count;

    /// <summary>Ends an append, under <see cref="Gate"/>. True if the caller is the one who must call <see cref="Flush"/>.</summary>
    public bool Commit()
    {
        switch (_state)
        {
            case OutputState.Idle:
                _state = OutputState.FlushOwed;
                return true;
            case OutputState.Closed:
                Discard();
                return false;
            default:
                return false;
        }
    }

    /// <summary>Asks for <see cref="IOutputOwner.OutputEmptied"/> when everything is written, which may be now.</summary>
    public void NotifyOwnerWhenEmpty()
    {
        lock (Gate)
        {
            if (_state is OutputState.FlushOwed or OutputState.Writing)
            {
                _ownerWaits = true;
                return;
            }
        }

        TellOwner();
    }

    /// <summary>Writes what waits, on this thread as far as the transport takes it at once.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_state != OutputState.FlushOwed)
            {
                return;
            }

            _state = OutputState.Writing;
        }

        _ = WriteAsync();
    }

    /// <summary>Flushes on the thread pool; for callers that hand over one small thing at a time from a thread of their own.</summary>
    public void FlushSoon() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => Flush();

    /// <summary>Completes when everything appended so far is with the transport, or the output is closed.</summary>
    public Task WhenEmptyAsync()
    {
        lock (Gate)
        {
            if (_state is OutputState.Idle or OutputState.Closed)
            {
                return Task.CompletedTask;
            }

            _emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptied.Task;
        }
    }

    /// <summary>Ends the output; what waits is lost.</summary>
    public void Close()
    {
        TaskCompletionSource? emptied;
        lock (Gate)
        {
            _state = OutputState.Closed;
            Discard();
            emptied = _emptied;
            _emptied = null;
        }

        emptied?.TrySetResult();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (CopyToPipe())
            {
                var result = await pipe.FlushAsync().ConfigureAwait(false);
                if (result.IsCompleted || result.IsCanceled)
                {
                    Close();
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException or ObjectDisposedException)
        {
            // The transport is gone; the read loop meets the same end and reports it.
            Close();
        }
    }

    /// <summary>Moves all waiting bytes into the pipe. False if there were none: the writer's turn is over.</summary>
    private bool CopyToPipe()
    {
        byte[] buffer;
        int length;
        TaskCompletionSource? emptied = null;
        var tellOwner = false;
        lock (Gate)
        {
            if (_state == OutputState.Closed)
            {
                return false;
            }

            (buffer, length) = (_buffer, _length);
            (_buffer, _length) = ([], 0);
            if (length == 0)
            {
                _state = OutputState.Idle;
                (emptied, _emptied) = (_emptied, null);
                (tellOwner, _ownerWaits) = (_ownerWaits, false);
            }
        }

        if (length == 0)
        {
            emptied?.TrySetResult();
            if (tellOwner)
            {
                TellOwner();
            }

            return false;
        }

        pipe.Write(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        return true;
    }

    private void TellOwner() => ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.OutputEmptied(), owner, preferLocal: false);

    private void EnsureRoom(int size)
    {
        if (_buffer.Length - _length >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(_buffer.Length * 2, _length + size)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
    }

    private void Discard()
    {
        Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
