using System.Threading.Channels;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>
/// Sends what lies in the outbox, in order per epoch, and confirms to the outbox what the cloud says is stored. One loop owns all state; the transport's callbacks only post events to it.
/// </summary>
internal sealed class FrameUplink : IUplinkEvents, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    private readonly FrameOutbox _outbox;
    private readonly IUplinkTransport _transport;
    private readonly UplinkOptions _options;
    private readonly GatewayTopics _topics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> _onCommand;
    private readonly GatewayAnnouncer _announcer;
    private readonly EpochLanes _lanes;
    private readonly RefusedFrames _refused;

    // Bounded by what the broker may send: answers to at most a window of frames, and cursors, whose handler waits for room.
    private readonly Channel<UplinkEvent> _events = Channel.CreateUnbounded<UplinkEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _cursorRoom = new(64);

    private UplinkState _state = UplinkState.Offline;
    private UplinkConnection? _connection;
    private int _inFlight;
    private int _appendedPosted;
    private long _pausedAt;

    public FrameUplink(
        FrameOutbox outbox,
        IUplinkTransport transport,
        UplinkOptions options,
        GatewayTopics topics,
        IGatewayAnnouncements announcements,
        DeadLetterFile deadLetters,
        TimeProvider time,
        ILogger log,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?>? onCommand = null)
    {
        _outbox = outbox;
        _transport = transport;
        _options = options.Validate();
        _topics = topics;
        _time = time;
        _log = log;
        _onCommand = onCommand ?? (static _ => null);
        _announcer = new GatewayAnnouncer(outbox, transport, topics, announcements, time, log);
        _lanes = new EpochLanes(outbox, options, Counters, time, log);
        _refused = new RefusedFrames(outbox, _lanes, deadLetters, Counters, time, log);
    }

    public UplinkCounters Counters { get; } = new();

    /// <summary>Connects and sends until <paramref name="stopping"/> is cancelled; then says goodbye.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _outbox.Appended += OnAppended;
        await _transport.StartAsync(this, stopping);
        using var timer = new PeriodicTimer(Tick, _time);
        using var wake = stopping.Register(() => _events.Writer.TryWrite(default));
        var ticked = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        var posted = _events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await Task.WhenAny(posted, ticked);
                while (_events.Reader.TryRead(out var happened))
                {
                    await HandleAsync(happened);
                }

                if (posted.IsCompleted)
                {
                    posted = _events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                }

                if (ticked.IsCompleted)
                {
                    ticked = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
                    await OnTickAsync();
                }

                Send();
            }
        }
        finally
        {
            _outbox.Appended -= OnAppended;
            await GoodbyeAsync();
        }
    }

    public void Dispose()
    {
        _lanes.Dispose();
        _refused.Dispose();
        _cursorRoom.Dispose();
    }

    void IUplinkEvents.OnConnected(UplinkConnection connection) => _events.Writer.TryWrite(new UplinkEvent(Connection: connection));

    void IUplinkEvents.OnDisconnected(string reason) => _events.Writer.TryWrite(new UplinkEvent(LostReason: reason));

    async ValueTask IUplinkEvents.OnStoredAsync(ReadOnlyMemory<byte> payload)
    {
        StoredCursor cursor;
        try
        {
            cursor = StoredCursor.Decode(payload.Span);
        }
        catch (MessageFormatException exception)
        {
            UplinkLog.CursorUnreadable(_log, exception.Message);
            return;
        }

        await _cursorRoom.WaitAsync();
        _events.Writer.TryWrite(new UplinkEvent(Cursor: cursor));
    }

    async ValueTask IUplinkEvents.OnCommandAsync(ReadOnlyMemory<byte> payload)
    {
        if (_onCommand(payload) is { } result && Volatile.Read(ref _connection) is { } connection)
        {
            await _announcer.PublishAsync(_topics.Result, result, retain: false, connection);
        }
    }

    private void OnAppended()
    {
        if (Interlocked.Exchange(ref _appendedPosted, 1) == 0)
        {
            _events.Writer.TryWrite(default);
        }
    }

    private async ValueTask HandleAsync(UplinkEvent happened)
    {
        switch (happened)
        {
            case { Cursor: { } cursor }:
                _cursorRoom.Release();
                await OnCursorAsync(cursor);
                break;
            case { Lane: { } lane }:
                OnAnswer(lane, happened);
                break;
            case { Connection: { } connection }:
                await OnConnectedAsync(connection);
                break;
            case { LostReason: { } reason }:
                UplinkLog.Disconnected(_log, reason);
                Move(UplinkTrigger.Disconnected);
                break;
            default:
                Volatile.Write(ref _appendedPosted, 0);
                break;
        }
    }

    private async ValueTask OnConnectedAsync(UplinkConnection connection)
    {
        Volatile.Write(ref _connection, connection);
        _inFlight = 0;
        Counters.Connected();
        UplinkLog.Connected(_log, Math.Min(_options.Window, connection.MaximumInFlight));
        Move(UplinkTrigger.Connected);
        if (_outbox.HasLongBacklog)
        {
            _outbox.BeginEpoch("a long backlog waits after an outage");
        }

        await AnnounceAsync(connection);
    }

    /// <summary>Births and status first; then everything behind the cursors goes (again).</summary>
    private async ValueTask AnnounceAsync(UplinkConnection connection)
    {
        var announced = await _announcer.SayAllAsync(connection);
        if (!connection.Lost.IsCancellationRequested)
        {
            _lanes.Rewind();
            _pausedAt = _time.GetTimestamp();
            Move(announced ? UplinkTrigger.Announced : UplinkTrigger.Refused);
        }
    }

    private async ValueTask OnCursorAsync(StoredCursor cursor)
    {
        _refused.Bury(cursor);
        var newEpoch = cursor.NewEpoch;
        foreach (var (epoch, seq) in cursor.Epochs)
        {
            newEpoch |= _outbox.Confirm(epoch, seq) == ConfirmOutcome.AheadOfOutbox;
            _lanes.Find(epoch)?.Confirm(seq, _time.GetTimestamp());
        }

        if (newEpoch)
        {
            _outbox.BeginEpoch("the cloud demands one");
        }

        if (_state != UplinkState.Streaming || _connection is not { } connection)
        {
            return;
        }

        if (newEpoch)
        {
            await _announcer.SayBirthAsync(connection);
        }

        foreach (var hash in cursor.Rebirth ?? [])
        {
            await _announcer.SayBirthAsync(hash, connection);
        }
    }

    private void OnAnswer(EpochLane lane, UplinkEvent happened)
    {
        if (happened.Connection != _connection)
        {
            // Everything sent over an earlier connection is sent again anyway.
            return;
        }

        _inFlight--;
        lane.InFlight--;
        if (happened.Answer is not { } answer)
        {
            return;
        }

        if (happened.Seq is { } seq)
        {
            OnFrameAnswer(lane, seq, answer);
        }
        else if (!answer.Accepted)
        {
            UplinkLog.PositionRefused(_log, lane.Epoch, answer.Reason);
            Pause();
        }
    }

    private void OnFrameAnswer(EpochLane lane, ulong seq, PublishAnswer answer)
    {
        if (answer.Accepted)
        {
            return;
        }

        if (answer.ForGood)
        {
            // Most often the cursor passes it, and then it is kept. If the cloud could not even read its number the cloud waits for this frame: the next resend passes it (IsHopeless).
            lane.RefusedForGood[seq] = answer.Reason;
            return;
        }

        if (_state == UplinkState.Streaming)
        {
            UplinkLog.RefusedByBroker(_log, lane.Epoch, seq, answer.Reason);
        }

        Pause();
    }

    private void Pause()
    {
        _pausedAt = _time.GetTimestamp();
        Move(UplinkTrigger.Refused);
    }

    private async ValueTask OnTickAsync()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        if (_state == UplinkState.Pausing && _inFlight == 0 && _time.GetElapsedTime(_pausedAt) >= _options.RefusalPause)
        {
            Move(UplinkTrigger.PauseOver);
            await AnnounceAsync(connection);
        }

        if (_state == UplinkState.Streaming)
        {
            _lanes.RewindWhereCursorStandsStill();
            if (_announcer.StatusAge >= _options.StatusInterval)
            {
                await _announcer.SayStatusAsync(GatewayState.Online, connection);
            }
        }
    }

    /// <summary>Sends as much as windows and rates allow.</summary>
    private void Send()
    {
        if (_state != UplinkState.Streaming || _connection is not { } connection || connection.Lost.IsCancellationRequested)
        {
            return;
        }

        // A quarter of the window stays free for live frames, so that a backlog in flight never delays them.
        var window = Math.Min(_options.Window, connection.MaximumInFlight);
        var backlogWindow = Math.Max(1, window - Math.Max(1, window / 4));
        while (_inFlight < window && _lanes.TryRead(mayBacklog: _inFlight < backlogWindow, out var message))
        {
            if (message.Frame is { } frame && IsHopeless(message.Lane, frame, connection))
            {
                message.Lane.SetAside(frame.Seq);
                frame.Return();
                continue;
            }

            _inFlight++;
            message.Lane.InFlight++;
            if (message.Frame is not null)
            {
                Counters.FrameSent();
            }

            _ = AwaitAnswerAsync(message, connection, _transport.PublishAsync(_topics.Telemetry, message.Payload, retain: false, connection));
        }
    }

    /// <summary>A frame that the broker will not take however often it is sent is kept for a person; a position passes it.</summary>
    private bool IsHopeless(EpochLane lane, OutboxFrame frame, UplinkConnection connection)
    {
        if (lane.RefusedForGood.Remove(frame.Seq, out var reason))
        {
            _refused.Bury(frame, RefusedFrames.ByBroker(reason));
            return true;
        }

        // Room for the fixed header, the topic and the packet identifier.
        if (frame.Length + _topics.Telemetry.Length + 64 > connection.MaximumMessageBytes)
        {
            _refused.Bury(frame, $"{frame.Length} bytes are more than the broker takes");
            return true;
        }

        return false;
    }

    private async Task AwaitAnswerAsync(OutgoingMessage message, UplinkConnection connection, ValueTask<PublishAnswer> publish)
    {
        PublishAnswer? answer = null;
        try
        {
            answer = await publish;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Lost with the connection; the next one sends it again.
        }
        finally
        {
            message.Frame?.Return();
            _events.Writer.TryWrite(new UplinkEvent(Connection: connection, Lane: message.Lane, Seq: message.Frame?.Seq, Answer: answer));
        }
    }

    private void Move(UplinkTrigger trigger) => _state = UplinkTransitions.Next(_state, trigger);

    private async Task GoodbyeAsync()
    {
        if (_state is UplinkState.Streaming or UplinkState.Announcing && _connection is { } connection)
        {
            await _announcer.SayStatusAsync(GatewayState.Stopped, connection, GoodbyeTimeout);
        }

        Move(UplinkTrigger.Stop);
        await _transport.StopAsync();
    }
}
