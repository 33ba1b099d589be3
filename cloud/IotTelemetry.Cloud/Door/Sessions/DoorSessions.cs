using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Sessions;

/// <summary>The sessions of all users: opened at the first use of their id, locked while a statement has them, closed when unused for their time-out. Thread-safe.</summary>
internal sealed class DoorSessions(Func<CancellationToken, Task<IClickHouseSession>> open, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Sessions at the same time; each holds one connection of the engine.</summary>
    public const int Maximum = 12;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string User, string Id), Entry> _entries = [];
    private bool _closed;

    /// <summary>Takes a session until <see cref="Release"/>.</summary>
    /// <exception cref="QueryRefusedException">Codes 372, 373 and 202: it is not there and must be, another statement has it, or there are too many.</exception>
    public async Task<DoorSession> TakeAsync(DoorUser user, DoorRequest request, CancellationToken cancellationToken)
    {
        string id = request.SessionId!;
        Entry entry;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            entry = Lock(user, id, request.SessionCheck);
        }

        try
        {
            entry.Session ??= new DoorSession(await open(cancellationToken)) { Connection = { HasState = true } };
            return entry.Session;
        }
        catch
        {
            lock (_gate)
            {
                _entries.Remove((user.Name, id));
            }

            throw;
        }
    }

    /// <summary>Unlocks a session; from now on its time-out runs.</summary>
    public void Release(DoorUser user, DoorRequest request)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue((user.Name, request.SessionId!), out Entry? entry))
            {
                entry.IsLocked = false;
                entry.Timer = clock.CreateTimer(_ => _ = ExpireAsync((user.Name, request.SessionId!), entry), null, request.SessionTimeout, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Entry> all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _entries.Values];
            _entries.Clear();
        }

        foreach (Entry entry in all)
        {
            await entry.CloseAsync();
        }
    }

    private Entry Lock(DoorUser user, string id, bool mustExist)
    {
        if (_entries.TryGetValue((user.Name, id), out Entry? entry))
        {
            if (entry.IsLocked)
            {
                throw QueryRefusedException.SessionIsLocked(id);
            }

            entry.Timer?.Dispose();
            entry.Timer = null;
        }
        else if (mustExist)
        {
            throw QueryRefusedException.SessionNotFound(id);
        }
        else if (_entries.Count >= Maximum)
        {
            throw QueryRefusedException.TooMany($"Too many sessions. Maximum: {Maximum}; one ends when it is unused for its session_timeout");
        }
        else
        {
            entry = new Entry();
            _entries.Add((user.Name, id), entry);
        }

        entry.IsLocked = true;
        return entry;
    }

    private async Task ExpireAsync((string User, string Id) key, Entry entry)
    {
        lock (_gate)
        {
            if (entry.IsLocked || !_entries.TryGetValue(key, out Entry? current) || current != entry)
            {
                return;
            }

            _entries.Remove(key);
        }

        await entry.CloseAsync();
    }

    private sealed class Entry
    {
        public DoorSession? Session { get; set; }

        public ITimer? Timer { get; set; }

        public bool IsLocked { get; set; }

        public async Task CloseAsync()
        {
            if (Timer is not null)
            {
                await Timer.DisposeAsync();
            }

            if (Session is not null)
            {
                await Session.Connection.DisposeAsync();
            }
        }
    }
}
