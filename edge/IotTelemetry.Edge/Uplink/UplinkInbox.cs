using System.Threading.Channels;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>Where other threads leave what the uplink's loop has to deal with: the transport, the outbox, answers to what was sent. Written from any thread, read by the loop alone.</summary>
/// <param name="control">Takes commands and lockouts on the transport's thread; they do not wait for the loop. Null for a gateway that takes none.</param>
/// <param name="log">Where an unreadable cursor is told.</param>
internal sealed class UplinkInbox(IGatewayControl? control, ILogger log) : IUplinkEvents, IDisposable
{
    // Bounded by what the broker may send: answers to at most a window of frames, and cursors, whose handler waits for room.
    private readonly Channel<UplinkEvent> _events = Channel.CreateUnbounded<UplinkEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _cursorRoom = new(64);
    private int _appendedPosted;

    public void Post(UplinkEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Wakes the loop.</summary>
    public void Wake() => Post(default);

    /// <summary>Frames were appended. However many, one event lies here for them.</summary>
    public void OnAppended()
    {
        if (Interlocked.Exchange(ref _appendedPosted, 1) == 0)
        {
            Wake();
        }
    }

    public void OnConnected(UplinkConnection connection) => Post(new UplinkEvent(Connection: connection));

    public void OnDisconnected(string reason) => Post(new UplinkEvent(LostReason: reason));

    public void OnFailed(Exception failure) => Post(new UplinkEvent(Failure: failure));

    public async ValueTask OnStoredAsync(ReadOnlyMemory<byte> payload)
    {
        StoredCursor cursor;
        try
        {
            cursor = StoredCursor.Decode(payload.Span);
        }
        catch (MessageFormatException exception)
        {
            UplinkLog.CursorUnreadable(log, exception.Message);
            return;
        }

        control?.OnHeard();
        await _cursorRoom.WaitAsync();
        Post(new UplinkEvent(Cursor: cursor));
    }

    public ValueTask OnCommandAsync(ReadOnlyMemory<byte> payload)
    {
        control?.OnCommand(payload);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnLockoutsAsync(ReadOnlyMemory<byte> payload) => control?.OnLockoutsAsync(payload) ?? ValueTask.CompletedTask;

    /// <summary>Completes when there is something to read.</summary>
    public Task WaitAsync() => _events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();

    public bool TryRead(out UplinkEvent happened)
    {
        if (!_events.Reader.TryRead(out happened))
        {
            return false;
        }

        if (happened.Cursor is not null)
        {
            _cursorRoom.Release();
        }
        else if (happened == default)
        {
            Volatile.Write(ref _appendedPosted, 0);
        }

        return true;
    }

    public void Dispose() => _cursorRoom.Dispose();
}
