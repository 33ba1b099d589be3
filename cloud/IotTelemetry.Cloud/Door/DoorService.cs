using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Door.Answers;
using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Sessions;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Door;

/// <summary>All parts of the door, put together.</summary>
internal sealed class DoorService : IAsyncDisposable
{
    private readonly RunningStatements _running;
    private readonly DoorSessions _sessions;

    private DoorService(DoorEndpoint endpoint, DoorUsers users, RunningStatements running, DoorSessions sessions)
    {
        Endpoint = endpoint;
        Users = users;
        _running = running;
        _sessions = sessions;
    }

    /// <summary>The paths.</summary>
    public DoorEndpoint Endpoint { get; }

    /// <summary>Who may come in.</summary>
    public DoorUsers Users { get; }

    /// <summary>Makes the door before an engine.</summary>
    public static async Task<DoorService> CreateAsync(
        IClickHouseEngine engine, DatabaseName database, IReadOnlyList<DoorUser> users, TimeProvider clock, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        QueryGuard guard = new(await TableFunctions.ReadForbiddenAsync(engine, cancellationToken));
        ContentTypes types = await ContentTypes.ReadAsync(engine, cancellationToken);
        DoorUsers known = new(users, logs.CreateLogger<DoorUsers>());
        RunningStatements running = new(users, clock);
        DoorSessions sessions = new(token => OpenAsync(isWriter: false, token), clock);
        DoorRunner runner = new(OpenAsync, database, guard, running, engine is EmbeddedEngine { MemoryBytes: var bytes } ? new ReaderMemory(bytes / 2, clock) : null);
        return new DoorService(new DoorEndpoint(known, running, sessions, runner, types, logs.CreateLogger<DoorEndpoint>()), known, running, sessions);

        async Task<IClickHouseSession> OpenAsync(bool isWriter, CancellationToken token) =>
            engine is EmbeddedEngine embedded ? await embedded.OpenSessionAsync(isWriter, token) : new ForwardingSession(engine);
    }

    /// <summary>Statements on their way.</summary>
    public int Statements => _running.Count;

    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync();
        _running.Dispose();
        Users.Dispose();
    }
}
