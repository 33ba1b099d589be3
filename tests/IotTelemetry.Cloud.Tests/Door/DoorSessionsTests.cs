using System.IO.Pipelines;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door;
using IotTelemetry.Cloud.Door.Sessions;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Door;

public sealed class DoorSessionsTests : IAsyncDisposable
{
    private static readonly DoorUser User = DoorUser.OfThisMachine[0];
    private readonly ManualTime _time = new();
    private readonly List<Connection> _connections = [];
    private readonly DoorSessions _sessions;

    public DoorSessionsTests() => _sessions = new DoorSessions(OpenAsync, _time);

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    [Fact]
    public async Task Session_is_the_same_until_it_is_unused_for_its_time_out()
    {
        DoorSession first = await _sessions.TakeAsync(User, Request("a"), CancellationToken.None);
        _sessions.Release(User, Request("a"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(first, await _sessions.TakeAsync(User, Request("a"), CancellationToken.None));
        _time.Advance(TimeSpan.FromHours(1)); // while it is used, its time does not run
        _sessions.Release(User, Request("a"));
        Assert.False(_connections[0].Closed.Task.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(61));

        await _connections[0].Closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotSame(first, await _sessions.TakeAsync(User, Request("a"), CancellationToken.None));
    }

    [Fact]
    public async Task Session_is_locked_while_it_is_taken_and_users_do_not_share_it()
    {
        DoorSession mine = await _sessions.TakeAsync(User, Request("a"), CancellationToken.None);
        Assert.Equal(373, (await Assert.ThrowsAsync<QueryRefusedException>(() => _sessions.TakeAsync(User, Request("a"), CancellationToken.None))).Code);
        Assert.NotSame(mine, await _sessions.TakeAsync(User with { Name = "other" }, Request("a"), CancellationToken.None));
    }

    [Fact]
    public async Task Session_that_must_exist_is_not_made_and_there_are_not_too_many()
    {
        Assert.Equal(372, (await Assert.ThrowsAsync<QueryRefusedException>(() => _sessions.TakeAsync(User, Request("a") with { SessionCheck = true }, CancellationToken.None))).Code);
        for (int i = 0; i < DoorSessions.Maximum; i++)
        {
            await _sessions.TakeAsync(User, Request($"{i}"), CancellationToken.None);
        }

        Assert.Equal(202, (await Assert.ThrowsAsync<QueryRefusedException>(() => _sessions.TakeAsync(User, Request("one more"), CancellationToken.None))).Code);
    }

    private static DoorRequest Request(string session) =>
        new() { QueryId = "q", Query = "", Parameters = new ClickHouseParameters(), Settings = new Dictionary<string, string>(), SessionId = session };

    private Task<IClickHouseSession> OpenAsync(CancellationToken cancellationToken)
    {
        Connection connection = new();
        _connections.Add(connection);
        return Task.FromResult<IClickHouseSession>(connection);
    }

    private sealed class Connection : IClickHouseSession
    {
        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HasState { get; set; }

        public Task<StatementSummary> QueryAsync(string sql, string format, PipeWriter output, StatementOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StatementSummary> ExecuteAsync(string sql, StatementOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StatementSummary> InsertAsync(
            string sql, string format, ReadOnlyMemory<byte> first, PipeReader rows, StatementOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<StatementProgress?> ReadProgressAsync() => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            Closed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
