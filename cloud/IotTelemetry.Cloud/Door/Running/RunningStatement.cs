using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Running;

/// <summary>A statement on its way, from its admission to its last byte.</summary>
/// <param name="id">Names it.</param>
/// <param name="user">Whose it is.</param>
/// <param name="leave">Called when it has ended.</param>
/// <param name="clock">The clock of its limit.</param>
/// <param name="aborted">The client has gone.</param>
internal sealed class RunningStatement(string id, DoorUser user, Action<RunningStatement> leave, TimeProvider clock, CancellationToken aborted) : IDisposable
{
    // The engine's own limit comes first; this one ends what does not look at that.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _killed = new(); // never disposed: a kill may come while the statement ends, and there is nothing to free
    private readonly CancellationTokenSource _late = new(TimeSpan.FromSeconds(user.Limits.MaximumSeconds) + Grace, clock);
    private CancellationTokenSource? _any;

    public string Id { get; } = id;

    public DoorUser User { get; } = user;

    /// <summary>Ends the statement in the engine.</summary>
    public CancellationToken Ended => (_any ??= CancellationTokenSource.CreateLinkedTokenSource(aborted, _killed.Token, _late.Token)).Token;

    /// <summary>What to tell the client of a statement that was ended; null when the client itself has gone.</summary>
    public ClickHouseException? WhyEnded => _killed.IsCancellationRequested
        ? new ClickHouseException(ClickHouseErrors.QueryWasCancelled, $"Code: {ClickHouseErrors.QueryWasCancelled}. DB::Exception: Query was cancelled. (QUERY_WAS_CANCELLED)")
        : _late.IsCancellationRequested
            ? new ClickHouseException(
                ClickHouseErrors.TimeoutExceeded,
                $"Code: {ClickHouseErrors.TimeoutExceeded}. DB::Exception: Timeout exceeded: a statement of user {User.Name} may last {User.Limits.MaximumSeconds} seconds. (TIMEOUT_EXCEEDED)")
            : null;

    /// <summary>Ends the statement on somebody's demand.</summary>
    public Task KillAsync() => _killed.CancelAsync();

    public void Dispose()
    {
        leave(this);
        _any?.Dispose();
        _late.Dispose();
    }
}
