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
    private static readonly TimeSpan BirthRepeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnnouncementTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    private readonly FrameOutbox _outbox;
    private readonly IUplinkTransport _transport;
    private readonly UplinkOptions _options;
    private readonly GatewayTopics _topics;
    private readonly IGatewayAnnouncements _announcements;
    private readonly DeadLetterFile _deadLetters;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> _onCommand;
    private readonly RateBudget _backlogBudget;
    private readonly Dictionary<BirthHash, long> _birthSentAt = [];
    private readonly List<EpochLane> _lanes = [];

    // Bounded by what the broker may send: answers to at most a window of frames, and cursors, whose handler waits for room.
    private readonly Channel<UplinkEvent> _events = Channel.CreateUnbounded<UplinkEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _cursorRoom = new(64);

    private UplinkState _state = UplinkState.Offline;
    private UplinkConnection? _connection;
    private int _inFlight;
    private int _appendedPosted;
    private long _pausedAt;
    private long _statusAt;
    private int _epochsSeen = -1;

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
        _announcements = announcements;
        _deadLetters = deadLetters;
        _time = time;
        _log = log;
        _onCommand = onCommand ?? (static _ => null);
        _backlogBudget = new RateBudget(options.BacklogBytesPerSecond, time);
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
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var posted = _events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                await Task.WhenAny(posted, ticked);
                while (_events.Reader.TryRead(out var happened))
                {
                    await HandleAsync(happened);
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

    public void Dispose() => _cursorRoom.Dispose();

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
        if (_onCommand(payload) is { } answer && Volatile.Read(ref _connection) is { } connection)
        {
            await AnnounceAsync(_topics.Result, answer, retain: false, connection);
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

        await AnnounceAllAsync(connection);
    }

    private async ValueTask AnnounceAllAsync(UplinkConnection connection)
    {
        var epochs = _outbox.Epochs();
        var current = _announcements.CurrentBirth(epochs);
        var currentHash = _announcements.HashOf(current);
        var told = new HashSet<BirthHash>();
        foreach (var epoch in epochs)
        {
            if (_announcements.HashOf(epoch.Birth) is { } hash && hash != currentHash && told.Add(hash))
            {
                await AnnounceAsync(_topics.Birth, _announcements.OlderBirth(epoch.Birth, epochs), retain: false, connection);
            }
        }

        var announced = await AnnounceAsync(_topics.Birth, current, retain: true, connection)
            && await AnnounceAsync(_topics.Status, _announcements.Status(GatewayState.Online), retain: true, connection);
        _statusAt = _time.GetTimestamp();
        if (connection.Lost.IsCancellationRequested)
        {
            return;
        }

        foreach (var lane in _lanes)
        {
            lane.InFlight = 0;
            lane.Rewind(_time.GetTimestamp());
        }

        _pausedAt = _time.GetTimestamp();
        Move(announced ? UplinkTrigger.Announced : UplinkTrigger.Refused);
    }

    private async ValueTask<bool> AnnounceAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, UplinkConnection connection, TimeSpan? timeout = null)
    {
        try
        {
            var publish = _transport.PublishAsync(topic, payload, retain, connection).AsTask();
            var answer = await publish.WaitAsync(timeout ?? AnnouncementTimeout, _time);
            if (!answer.Accepted)
            {
                UplinkLog.AnnouncementRefused(_log, topic, answer.Reason);
            }

            return answer.Accepted;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The connection is lost, and that is told by an event of its own; the next connection announces again.
            return false;
        }
        catch (TimeoutException)
        {
            UplinkLog.AnnouncementRefused(_log, topic, "no answer in time");
            return false;
        }
    }

    private async ValueTask OnCursorAsync(StoredCursor cursor)
    {
        BuryRefused(cursor);
        var newEpoch = cursor.NewEpoch;
        foreach (var (epoch, seq) in cursor.Epochs)
        {
            newEpoch |= _outbox.Confirm(epoch, seq) == ConfirmOutcome.AheadOfOutbox;
            Lane(epoch)?.Confirm(seq, _time.GetTimestamp());
        }

        if (newEpoch)
        {
            _outbox.BeginEpoch("the cloud demands one");
        }

        if (_state == UplinkState.Streaming && _connection is { } connection)
        {
            if (newEpoch)
            {
                await AnnounceAsync(_topics.Birth, _announcements.CurrentBirth(_outbox.Epochs()), retain: true, connection);
            }

            foreach (var hash in cursor.Rebirth ?? [])
            {
                await SendBirthAsync(hash, connection);
            }
        }
    }

    private async ValueTask SendBirthAsync(BirthHash hash, UplinkConnection connection)
    {
        if (_birthSentAt.TryGetValue(hash, out var sentAt) && _time.GetElapsedTime(sentAt) < BirthRepeat)
        {
            return;
        }

        var epochs = _outbox.Epochs();
        var current = _announcements.CurrentBirth(epochs);
        var isCurrent = _announcements.HashOf(current) == hash;
        var birth = isCurrent ? current : _announcements.OlderBirth(epochs.FirstOrDefault(e => _announcements.HashOf(e.Birth) == hash).Birth, epochs);
        if (birth.IsEmpty)
        {
            UplinkLog.UnknownBirthAsked(_log, hash.ToString());
            return;
        }

        _birthSentAt[hash] = _time.GetTimestamp();
        await AnnounceAsync(_topics.Birth, birth, retain: isCurrent, connection);
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

        if (answer.Accepted)
        {
            lane.RefusedByBroker.Remove(happened.Seq);
            return;
        }

        lane.RefusedByBroker[happened.Seq] = answer.Reason;
        if (!answer.ForGood)
        {
            if (_state == UplinkState.Streaming)
            {
                UplinkLog.RefusedByBroker(_log, lane.Epoch, happened.Seq, answer.Reason);
            }

            _pausedAt = _time.GetTimestamp();
            Move(UplinkTrigger.Refused);
        }
    }

    private async ValueTask OnTickAsync()
    {
        var now = _time.GetTimestamp();
        if (_state == UplinkState.Pausing && _inFlight == 0 && _time.GetElapsedTime(_pausedAt, now) >= _options.RefusalPause && _connection is { } paused)
        {
            Move(UplinkTrigger.PauseOver);
            await AnnounceAllAsync(paused);
        }

        if (_state != UplinkState.Streaming || _connection is not { } connection)
        {
            return;
        }

        foreach (var lane in _lanes)
        {
            var patience = _options.ResendAfter * (1 << Math.Min(lane.Resends, 4));
            if (lane.InFlight == 0 && lane.SentSeq > lane.ConfirmedSeq && _time.GetElapsedTime(lane.ProgressAt, now) >= patience)
            {
                UplinkLog.CursorStandsStill(_log, lane.Epoch, lane.ConfirmedSeq, lane.SentSeq, patience);
                Counters.Resent();
                lane.RewindAfterStandstill(now);
            }
        }

        if (_time.GetElapsedTime(_statusAt, now) >= _options.StatusInterval)
        {
            _statusAt = now;
            await AnnounceAsync(_topics.Status, _announcements.Status(GatewayState.Online), retain: true, connection);
        }
    }

    /// <summary>Sends as much as windows and rates allow: live frames first, then the oldest epoch.</summary>
    private void Send()
    {
        if (_state != UplinkState.Streaming || _connection is not { } connection || connection.Lost.IsCancellationRequested)
        {
            return;
        }

        if (_epochsSeen != _outbox.EpochChanges)
        {
            _epochsSeen = _outbox.EpochChanges;
            SyncLanes();
        }

        var window = Math.Min(_options.Window, connection.MaximumInFlight);

        // A quarter of the window stays free for live frames, so that a backlog in flight never delays them.
        var backlogWindow = window - Math.Max(1, window / 4);
        while (_state == UplinkState.Streaming && _inFlight < window)
        {
            var now = _time.GetTimestamp();
            if (_lanes[^1].TryRead(_options.MaximumUnconfirmed, now, out var frame))
            {
                Publish(_lanes[^1], frame, connection);
            }
            else if (_inFlight < backlogWindow && _backlogBudget.HasBudget() && TryReadBacklog(now, out var lane, out frame))
            {
                _backlogBudget.Spend(frame.Length);
                Publish(lane, frame, connection);
            }
            else
            {
                return;
            }
        }
    }

    private bool TryReadBacklog(long now, out EpochLane lane, out OutboxFrame frame)
    {
        for (var i = 0; i < _lanes.Count - 1; i++)
        {
            lane = _lanes[i];
            if (lane.TryRead(_options.MaximumUnconfirmed, now, out frame))
            {
                return true;
            }
        }

        lane = _lanes[^1];
        frame = default;
        return false;
    }

    private void Publish(EpochLane lane, OutboxFrame frame, UplinkConnection connection)
    {
        // Room for the fixed header, the topic and the packet identifier.
        if (frame.Length + _topics.Telemetry.Length + 64 > connection.MaximumMessageBytes)
        {
            // It would block the queue for ever. The cursor passes the gap it leaves.
            _deadLetters.Append(frame.Epoch, frame.Seq, $"{frame.Length} bytes are more than the broker takes", frame.Payload, _time.GetUtcNow());
            _deadLetters.Flush();
            Counters.DeadLetter();
            UplinkLog.DeadLetters(_log, frame.Epoch, frame.Seq, "too large for the broker", _deadLetters.Path);
            frame.Return();
            return;
        }

        _inFlight++;
        lane.InFlight++;
        Counters.FrameSent();
        _ = AwaitAnswerAsync(lane, frame, connection, _transport.PublishAsync(_topics.Telemetry, frame.Payload, retain: false, connection));
    }

    private async Task AwaitAnswerAsync(EpochLane lane, OutboxFrame frame, UplinkConnection connection, ValueTask<PublishAnswer> publish)
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
            frame.Return();
            _events.Writer.TryWrite(new UplinkEvent(Connection: connection, Lane: lane, Seq: frame.Seq, Answer: answer));
        }
    }

    private void SyncLanes()
    {
        var epochs = _outbox.Epochs();
        for (var i = _lanes.Count - 1; i >= 0; i--)
        {
            if (!Array.Exists(epochs, e => e.Epoch == _lanes[i].Epoch))
            {
                _lanes[i].Dispose();
                _lanes.RemoveAt(i);
            }
        }

        foreach (var epoch in epochs)
        {
            if (Lane(epoch.Epoch) is null)
            {
                _lanes.Add(new EpochLane(_outbox, epoch, _time.GetTimestamp()));
            }
        }

        _lanes.Sort((a, b) => a.Epoch.CompareTo(b.Epoch));
    }

    private EpochLane? Lane(ulong epoch) => _lanes.Find(l => l.Epoch == epoch);

    /// <summary>Keeps frames that will never be stored where a person can look at them, before the cursor deletes them.</summary>
    private void BuryRefused(StoredCursor cursor)
    {
        var epochs = _outbox.Epochs();
        var buried = 0;
        foreach (var refused in cursor.Refused ?? [])
        {
            var reason = refused.Detail is null ? refused.Reason.ToString() : $"{refused.Reason}: {refused.Detail}";
            buried += Bury(epochs, refused.Epoch, refused.Seq, reason, isFirst: buried == 0) ? 1 : 0;
            Lane(refused.Epoch)?.RefusedByBroker.Remove(refused.Seq);
        }

        foreach (var (epoch, seq) in cursor.Epochs)
        {
            // Passed by the cursor and not told to be refused: of the cloud's list only the latest travel with a cursor; or another broker refused it and took later ones, which were stored, so
            // that it could no longer be told from a repeat.
            while (Lane(epoch)?.RefusedByBroker is { Count: > 0 } refusals && refusals.First() is var (refusedSeq, reason) && refusedSeq <= seq)
            {
                buried += Bury(epochs, epoch, refusedSeq, $"refused by the broker: {reason}", isFirst: buried == 0) ? 1 : 0;
                refusals.Remove(refusedSeq);
            }
        }

        if (buried > 0)
        {
            _deadLetters.Flush();
        }
    }

    private bool Bury(EpochState[] epochs, ulong epoch, ulong seq, string reason, bool isFirst)
    {
        var state = Array.Find(epochs, e => e.Epoch == epoch);
        if (state.Epoch != epoch || seq <= state.ConfirmedSeq || seq > state.LastSeq)
        {
            // The cloud repeats what it refused for some time; this one is buried already.
            return false;
        }

        using var reader = new OutboxReader(_outbox, epoch, seq - 1);
        if (!reader.TryRead(out var frame))
        {
            return false;
        }

        var found = frame.Seq == seq;
        if (found)
        {
            _deadLetters.Append(epoch, seq, reason, frame.Payload, _time.GetUtcNow());
            Counters.DeadLetter();
            if (isFirst)
            {
                UplinkLog.DeadLetters(_log, epoch, seq, reason, _deadLetters.Path);
            }
        }

        frame.Return();
        return found;
    }

    private void Move(UplinkTrigger trigger) => _state = UplinkTransitions.Next(_state, trigger);

    private async Task GoodbyeAsync()
    {
        if (_state is UplinkState.Streaming or UplinkState.Announcing && _connection is { } connection)
        {
            await AnnounceAsync(_topics.Status, _announcements.Status(GatewayState.Stopped), retain: true, connection, GoodbyeTimeout);
        }

        Move(UplinkTrigger.Stop);
        await _transport.StopAsync();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }

        _deadLetters.Dispose();
    }
}
