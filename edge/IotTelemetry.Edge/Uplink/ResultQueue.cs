namespace IotTelemetry.Edge.Uplink;

/// <summary>
/// Results of commands on their way to the cloud. One that was not acknowledged goes again over the next connection; when too many wait the oldest go, since whoever waits in vain asks again.
/// Thread-safe.
/// </summary>
internal sealed class ResultQueue
{
    /// <summary>Results that wait at most.</summary>
    public const int MaximumWaiting = 1024;

    private const int Window = 32;

    private readonly Lock _gate = new();
    private readonly LinkedList<ReadOnlyMemory<byte>> _waiting = [];
    private Func<ReadOnlyMemory<byte>, ValueTask<bool>>? _publish;
    private bool _isSending;

    /// <summary>Results that wait for a connection or its acknowledgement.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether there is a connection to send them over.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_gate)
            {
                return _publish is not null;
            }
        }
    }

    /// <summary>Sends a result when there is a connection.</summary>
    public void Offer(ReadOnlyMemory<byte> result)
    {
        lock (_gate)
        {
            _waiting.AddLast(result);
            if (_waiting.Count > MaximumWaiting)
            {
                _waiting.RemoveFirst();
            }
        }

        Send();
    }

    /// <summary>There is a connection; <paramref name="publish"/> sends one message over it and says whether it was acknowledged.</summary>
    public void Connect(Func<ReadOnlyMemory<byte>, ValueTask<bool>> publish)
    {
        lock (_gate)
        {
            _publish = publish;
        }

        Send();
    }

    /// <summary>There is none any more.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            _publish = null;
        }
    }

    private void Send()
    {
        lock (_gate)
        {
            if (_isSending || _publish is null || _waiting.Count == 0)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            Func<ReadOnlyMemory<byte>, ValueTask<bool>> publish;
            LinkedListNode<ReadOnlyMemory<byte>>[] batch;
            lock (_gate)
            {
                if (_publish is null || _waiting.Count == 0)
                {
                    _isSending = false;
                    return;
                }

                publish = _publish;
                batch = [.. Nodes()];
            }

            // Begun in order, so that they leave in order.
            var sent = await Task.WhenAll(batch.Select(node => publish(node.Value).AsTask()));
            lock (_gate)
            {
                for (var i = 0; i < batch.Length; i++)
                {
                    if (sent[i] && batch[i].List is not null)
                    {
                        _waiting.Remove(batch[i]);
                    }
                }

                if (!Array.TrueForAll(sent, s => s) && ReferenceEquals(_publish, publish))
                {
                    // The connection is going, or the broker takes none; the next connection or the next result tries again.
                    _isSending = false;
                    return;
                }
            }
        }
    }

    private IEnumerable<LinkedListNode<ReadOnlyMemory<byte>>> Nodes()
    {
        var node = _waiting.First;
        for (var i = 0; i < Window && node is not null; i++, node = node.Next)
        {
            yield return node;
        }
    }
}
