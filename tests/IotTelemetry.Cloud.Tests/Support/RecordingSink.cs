using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>Receives cursors as the gateways would.</summary>
internal sealed class RecordingSink : ICursorSink
{
    private readonly Lock _gate = new();
    private readonly List<(GatewayId Gateway, StoredCursor Cursor)> _cursors = [];
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask SendAsync(GatewaySession gateway, StoredCursor cursor, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _cursors.Add((gateway.Id, StoredCursor.Decode(cursor.Encode())));
            _arrived.TrySetResult();
            _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<StoredCursor> Of(GatewayId gateway)
    {
        lock (_gate)
        {
            return [.. _cursors.Where(c => c.Gateway == gateway).Select(c => c.Cursor)];
        }
    }

    /// <summary>Waits, at most 60 s, for a cursor like this.</summary>
    public async Task<StoredCursor> WaitAsync(GatewayId gateway, Predicate<StoredCursor> isIt, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                foreach ((GatewayId id, StoredCursor cursor) in _cursors)
                {
                    if (id == gateway && isIt(cursor))
                    {
                        return cursor;
                    }
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        }
    }
}
