using System.Runtime.ExceptionServices;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>
/// The uplink's loop: connected, it announces the gateway and then lets the outbox be sent, in order per epoch; it confirms to the outbox what the cloud says is stored. One loop owns all state;
/// other threads only leave events in its <see cref="UplinkInbox"/>.
/// </summary>
internal sealed class FrameUplink : IDisposable
{
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QuietTick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StatusGap = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);

    private readonly FrameOutbox _outbox;
    private readonly IUplinkTransport _transport;
    private readonly UplinkOptions _options;
    private readonly GatewayTopics _topics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IGatewayControl? _control;
    private readonly ResultQueue _results;
    private readonly GatewayAnnouncer _announcer;
    private readonly EpochLanes _lanes;
    private readonly RefusedFrames _refused;
    private readonly UplinkInbox _inbox;
    private readonly FrameSender _sender;
    private UplinkState _state = UplinkState.Offline;
    private UplinkConnection? _connection;
    private long _pausedAt;
    private bool _isStatusDue;
    private string? _refusalSaid;

    public FrameUplink(
        FrameOutbox outbox,
        IUplinkTransport transport,
        UplinkOptions options,
        GatewayTopics topics,
        IGatewayAnnouncements announcements,
        DeadLetterFile deadLetters,
        TimeProvider time,
        ILogger log,
        IGatewayControl? control = null,
        ResultQueue? results = null)
    {
        _outbox = outbox;
        _transport = transport;
        _options = options.Validate();
        _topics = topics;
        _time = time;
        _log = log;
        _control = control;
        _results = results ?? new ResultQueue();
        _announcer = new GatewayAnnouncer(outbox, transport, topics, announcements, time, log);
        _lanes = new EpochLanes(outbox, options, Counters, time, log);
        _refused = new RefusedFrames(outbox, _lanes, deadLetters, Counters, time, log);
        _inbox = new UplinkInbox(control, log);
        _sender = new FrameSender(_lanes, _refused, transport, options, topics.Telemetry, Counters, _inbox.Post);
    }

    public UplinkCounters Counters { get; } = new();

    /// <summary>Where the uplink stands; from any thread.</summary>
    public UplinkState State => _state;

    /// <summary>Whether something waits for no event but for time: a backlog for its rate, a pause for its end, a status for its gap.</summary>
    private bool IsBusy => _lanes.HasBacklog || _isStatusDue || _state == UplinkState.Pausing;

    /// <summary>Connects and sends until <paramref name="stopping"/> is cancelled; then says goodbye.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <param name="pulse">Beats while the loop waits for events; rests while it waits for the broker's answers, which have time-outs of their own.</param>
    /// <exception cref="Exception">The transport has ended by an error.</exception>
    public async Task RunAsync(CancellationToken stopping, Pulse? pulse = null)
    {
        _announcer.Stopping = stopping;
        _outbox.Appended += _inbox.OnAppended;
        await _transport.StartAsync(_inbox, stopping);
        using var timer = new PeriodicTimer(BusyTick, _time);
        using var wake = stopping.Register(_inbox.Wake);
        var ticked = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
        var posted = _inbox.WaitAsync();
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                pulse?.BackWithin(timer.Period);
                await Task.WhenAny(posted, ticked);
                pulse?.Rest();
                while (_inbox.TryRead(out var happened))
                {
                    await HandleAsync(happened);
                }

                if (posted.IsCompleted)
                {
                    posted = _inbox.WaitAsync();
                }

                if (ticked.IsCompleted)
                {
                    ticked = timer.WaitForNextTickAsync(CancellationToken.None).AsTask();
                    await OnTickAsync();
                }

                Send();
                var period = IsBusy ? BusyTick : QuietTick;
                if (timer.Period != period)
                {
                    timer.Period = period;
                }
            }
        }
        finally
        {
            _outbox.Appended -= _inbox.OnAppended;
            await GoodbyeAsync();
        }
    }

    /// <summary>Lets the status be said soon, because something in it has changed. From any thread.</summary>
    public void OnStatusChanged() => _inbox.Post(new UplinkEvent(StatusChanged: true));

    public void Dispose()
    {
        _lanes.Dispose();
        _refused.Dispose();
        _inbox.Dispose();
    }

    private async ValueTask HandleAsync(UplinkEvent happened)
    {
        switch (happened)
        {
            case { Cursor: { } cursor }:
                await OnCursorAsync(cursor);
                break;
            case { Lane: { } lane }:
                OnAnswer(lane, happened);
                break;
            case { Connection: { } connection }:
                await OnConnectedAsync(connection);
                break;
            case { LostReason: { } reason }:
                if (_state != UplinkState.Offline)
                {
                    // Attempts that fail are told by the client.
                    UplinkLog.Disconnected(_log, reason);
                }

                _results.Disconnect();
                _control?.OnUplink(false);
                Move(UplinkTrigger.Disconnected);
                break;
            case { Failure: { } failure }:
                ExceptionDispatchInfo.Throw(failure);
                break;
            case { StatusChanged: true }:
                _isStatusDue = true;
                break;
            default: // frames were appended; the loop sends after each round of events
                break;
        }
    }

    private async ValueTask OnConnectedAsync(UplinkConnection connection)
    {
        _connection = connection;
        _sender.Begin();
        Counters.Connected();
        UplinkLog.Connected(_log, _sender.Window(connection));
        Move(UplinkTrigger.Connected);
        if (_outbox.HasLongBacklog)
        {
            _outbox.BeginEpoch("a long backlog waits after an outage");
        }

        _control?.OnUplink(true);
        _results.Connect(result => _announcer.PublishAsync(_topics.Result, result, retain: false, connection));
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
        var moves = false;
        foreach (var (epoch, seq) in cursor.Epochs)
        {
            moves |= epoch == _outbox.CurrentEpoch && _lanes.Find(epoch) is { Resends: > 0 } lane && seq > lane.ConfirmedSeq;
            var outcome = _outbox.Confirm(epoch, seq);
            newEpoch |= outcome == ConfirmOutcome.AheadOfOutbox;
            _refusalSaid = outcome == ConfirmOutcome.Unchanged ? _refusalSaid : null;
            _lanes.Find(epoch)?.Confirm(seq, _time.GetTimestamp());
        }

        if (newEpoch)
        {
            _outbox.BeginEpoch("the cloud demands one");
        }
        else if (moves && _outbox.HasLongBacklog)
        {
            // The broker was there all the time and the cloud was not: an outage like any other.
            _outbox.BeginEpoch("a long backlog waits after the cursor stood still");
            newEpoch = true;
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
        // Everything sent over an earlier connection is sent again anyway.
        if (happened.Connection != _connection || _sender.Settle(lane, happened.Seq, happened.Answer) is not { } refusal)
        {
            return;
        }

        if (refusal.Reason != _refusalSaid)
        {
            // Once, until another reason comes or the cursor moves: a gateway may be refused for weeks.
            _refusalSaid = refusal.Reason;
            UplinkLog.RefusedByBroker(_log, happened.Seq is null ? "the position" : "a frame", lane.Epoch, refusal.Reason);
        }

        _pausedAt = _time.GetTimestamp();
        Move(UplinkTrigger.Refused);
    }

    private async ValueTask OnTickAsync()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        if (_state == UplinkState.Pausing && _sender.IsIdle && _time.GetElapsedTime(_pausedAt) >= _options.RefusalPause)
        {
            Move(UplinkTrigger.PauseOver);
            await AnnounceAsync(connection);
        }

        if (_state == UplinkState.Streaming)
        {
            _lanes.RewindWhereCursorStandsStill();
            if (_announcer.StatusAge >= (_isStatusDue ? StatusGap : _options.StatusInterval))
            {
                _isStatusDue = false;
                await _announcer.SayStatusAsync(GatewayState.Online, connection);
            }
        }
    }

    private void Send()
    {
        if (_state == UplinkState.Streaming && _connection is { } connection && !connection.Lost.IsCancellationRequested)
        {
            _sender.Send(connection);
        }
    }

    private void Move(UplinkTrigger trigger) => _state = UplinkTransitions.Next(_state, trigger);

    private async Task GoodbyeAsync()
    {
        if (_state != UplinkState.Offline && _connection is { } connection)
        {
            await _announcer.SayStatusAsync(GatewayState.Stopped, connection, GoodbyeTimeout);
        }

        Move(UplinkTrigger.Stop);
        await _transport.StopAsync();
    }
}
