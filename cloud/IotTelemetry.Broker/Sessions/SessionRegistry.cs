using IotTelemetry.Broker.Connections;

namespace IotTelemetry.Broker.Sessions;

/// <summary>
/// All sessions by client identifier: opening, take-over, expiry, Wills that wait. One lock, held briefly and never while anything is sent. It is taken
/// before a session's gate.
/// </summary>
internal sealed class SessionRegistry(BrokerCore core)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly List<Session> _offline = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>
    /// Finds or makes the session for a connection that is to be accepted. An earlier connection of the same client is taken off and returned, to be told
    /// and closed ([MQTT-3.1.4-3]).
    /// </summary>
    /// <param name="clientId">The client identifier.</param>
    /// <param name="cleanStart">End an existing session first ([MQTT-3.1.2-4]).</param>
    /// <param name="expirySeconds">How long the session is to outlive the connection.</param>
    /// <param name="isPresent">True if an existing session goes on.</param>
    /// <param name="takenOver">The connection that has lost the session, if any.</param>
    /// <param name="wills">Wills that are due because of this.</param>
    public Session Open(
        string clientId, bool cleanStart, uint expirySeconds, out bool isPresent, out ClientConnection? takenOver, out List<PendingWill>? wills)
    {
        takenOver = null;
        wills = null;
        lock (_gate)
        {
            if (_sessions.TryGetValue(clientId, out var session))
            {
                takenOver = session.Connection;
                var isOver = cleanStart || session.ExpiresAt <= core.Clock.Now || (takenOver is not null && session.ExpirySeconds == 0);
                if (takenOver is not null)
                {
                    session.Detach(takenOver);

                    // A Will with a delay is cancelled by the new connection, unless the session ends ([MQTT-3.1.2-8], [MQTT-3.1.3-9]).
                    if (takenOver.TakeWill() is { } will && (isOver || will.DelaySeconds == 0))
                    {
                        (wills ??= []).Add(will);
                    }
                }

                TakeFromOffline(session);
                if (!isOver)
                {
                    session.Will = null;
                    session.SetExpiry(expirySeconds);
                    isPresent = true;
                    return session;
                }

                End(session, ref wills);
            }

            session = new Session(clientId, core);
            _sessions.Add(clientId, session);
            session.SetExpiry(expirySeconds);
            isPresent = false;
            return session;
        }
    }

    /// <summary>A connection has ended: its session ends, or waits. Does nothing if the session has gone to another connection.</summary>
    public void Close(Session session, ClientConnection connection, out List<PendingWill>? wills)
    {
        wills = null;
        lock (_gate)
        {
            if (!session.Detach(connection))
            {
                return;
            }

            var now = core.Clock.Now;
            session.Will = connection.TakeWill();
            if (session.ExpirySeconds == 0)
            {
                End(session, ref wills);
                return;
            }

            session.ExpiresAt = session.ExpirySeconds == uint.MaxValue ? long.MaxValue : BrokerClock.AddSeconds(now, session.ExpirySeconds);
            if (session.Will is { } will)
            {
                will.DueAt = BrokerClock.AddSeconds(now, will.DelaySeconds);
                if (will.DelaySeconds == 0)
                {
                    (wills ??= []).Add(will);
                    session.Will = null;
                }
            }

            AddToOffline(session, ref wills);
            core.Store.SessionChanged(session);
        }
    }

    /// <summary>Ends sessions whose time is over and collects the Wills that are due.</summary>
    public void Tick(long now, ref List<PendingWill>? wills)
    {
        lock (_gate)
        {
            for (var i = _offline.Count - 1; i >= 0; i--)
            {
                var session = _offline[i];
                if (session.ExpiresAt <= now)
                {
                    TakeFromOffline(session);
                    End(session, ref wills);
                }
                else if (session.Will is { } will && will.DueAt <= now)
                {
                    session.Will = null;
                    (wills ??= []).Add(will);
                }
            }
        }
    }

    /// <summary>The connection of a client, if it is connected.</summary>
    public ClientConnection? FindConnection(string clientId)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(clientId, out var session) ? session.Connection : null;
        }
    }

    /// <summary>Puts in a session that the store remembered.</summary>
    public void Restore(Session session)
    {
        lock (_gate)
        {
            List<PendingWill>? none = null;
            _sessions.Add(session.ClientId, session);
            AddToOffline(session, ref none);
        }
    }

    private void AddToOffline(Session session, ref List<PendingWill>? wills)
    {
        session.OfflineIndex = _offline.Count;
        _offline.Add(session);
        if (_offline.Count <= core.Options.MaximumOfflineSessions)
        {
            return;
        }

        var first = _offline[0];
        foreach (var other in _offline)
        {
            first = other.ExpiresAt < first.ExpiresAt ? other : first;
        }

        TakeFromOffline(first);
        End(first, ref wills);
    }

    private void TakeFromOffline(Session session)
    {
        if (session.OfflineIndex < 0)
        {
            return;
        }

        var last = _offline[^1];
        _offline[session.OfflineIndex] = last;
        last.OfflineIndex = session.OfflineIndex;
        _offline.RemoveAt(_offline.Count - 1);
        session.OfflineIndex = -1;
        session.ExpiresAt = long.MaxValue;
    }

    // The Will is published when the session ends, even before its delay is over (3.1.3.2.2).
    private void End(Session session, ref List<PendingWill>? wills)
    {
        _sessions.Remove(session.ClientId);
        if (session.Will is { } will)
        {
            (wills ??= []).Add(will);
            session.Will = null;
        }

        session.End();
    }
}
