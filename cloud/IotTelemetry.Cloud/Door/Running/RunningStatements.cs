using System.Collections.Concurrent;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Running;

/// <summary>The statements on their way: each user has a number of places, taken in the order of asking; every id is there once. Thread-safe.</summary>
internal sealed class RunningStatements(IEnumerable<DoorUser> users, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, RunningStatement> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemaphoreSlim> _places = users.ToDictionary(user => user.Name, user => new SemaphoreSlim(user.Limits.MaximumStatements), StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _running.Count;

    /// <summary>Waits for a place.</summary>
    /// <exception cref="QueryRefusedException">Codes 202 and 216: no place in time, or the id is taken.</exception>
    public async Task<RunningStatement> EnterAsync(string id, DoorUser user, CancellationToken aborted)
    {
        SemaphoreSlim places = _places[user.Name];
        if (!await places.WaitAsync(TimeSpan.FromSeconds(user.Limits.MaximumWaitSeconds), aborted))
        {
            throw QueryRefusedException.TooMany($"Too many simultaneous queries for user {user.Name}. Maximum: {user.Limits.MaximumStatements}");
        }

        RunningStatement statement = new(id, user, Leave, clock, aborted);
        if (!_running.TryAdd(id, statement))
        {
            statement.Dispose();
            throw QueryRefusedException.SameId(id);
        }

        return statement;
    }

    /// <summary>Ends a statement of this user.</summary>
    /// <returns>False when there is none with this id.</returns>
    public async Task<bool> KillAsync(string id, DoorUser user)
    {
        if (!_running.TryGetValue(id, out RunningStatement? statement) || statement.User.Name != user.Name)
        {
            return false;
        }

        await statement.KillAsync();
        return true;
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim places in _places.Values)
        {
            places.Dispose();
        }
    }

    private void Leave(RunningStatement statement)
    {
        _running.TryRemove(new(statement.Id, statement));
        _places[statement.User.Name].Release();
    }
}
