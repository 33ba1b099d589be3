using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Running;

/// <summary>
/// The memory of the engine that readers share: all of them together leave enough for inserts, merges and caches. A statement gets a quarter of what is free, at least <see cref="Least"/> and at
/// most its user's limit; one that asks for an amount gets that amount. Who does not find it waits, in the order of asking. Thread-safe.
/// </summary>
internal sealed class ReaderMemory
{
    /// <summary>What a statement needs to be of use: a few columns of a block for every thread.</summary>
    public const long Least = 64L << 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly TimeProvider _clock;
    private readonly long _all;
    private long _free;

    /// <param name="bytes">All of it.</param>
    /// <param name="clock">The clock of waiting.</param>
    public ReaderMemory(long bytes, TimeProvider clock)
    {
        _clock = clock;
        _all = bytes;
        _free = bytes;
    }

    /// <summary>Takes a share until it is disposed.</summary>
    /// <param name="user">Whose statement it is.</param>
    /// <param name="asked">What the statement asks for, checked against the user's limit; null: it leaves that to the door.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryRefusedException">Codes 202 and 452: none in time, or it asks for more than there is.</exception>
    public async Task<MemoryShare> TakeAsync(DoorUser user, long? asked, CancellationToken cancellationToken)
    {
        if (asked > _all)
        {
            throw QueryRefusedException.Setting("max_memory_usage", $"shouldn't be greater than {_all}, which all readers share");
        }

        Waiter waiter = new(asked ?? Math.Min(Least, user.Limits.MaximumMemoryBytes), asked is null ? user.Limits.MaximumMemoryBytes : null);
        lock (_gate)
        {
            _waiting.AddLast(waiter);
            Serve();
        }

        try
        {
            await waiter.Served.Task.WaitAsync(TimeSpan.FromSeconds(user.Limits.MaximumWaitSeconds), _clock, cancellationToken);
            return new MemoryShare(waiter.Share, this);
        }
        catch (OperationCanceledException)
        {
            GiveUp(waiter);
            throw;
        }
        catch (TimeoutException)
        {
            GiveUp(waiter);
            throw QueryRefusedException.TooMany(
                $"Other queries have the {_all} bytes of memory that readers share; {waiter.Least} of them were not free within {user.Limits.MaximumWaitSeconds} seconds");
        }
    }

    /// <summary>Gives a share back.</summary>
    public void Return(long share)
    {
        lock (_gate)
        {
            _free += share;
            Serve();
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            // Served after all, in this moment.
            _free += _waiting.Remove(waiter) ? 0 : waiter.Share;
            Serve();
        }
    }

    private void Serve()
    {
        while (_waiting.First is { Value: var first } && first.Least <= _free)
        {
            first.Share = first.Most is { } most ? Math.Clamp(_free / 4, first.Least, most) : first.Least;
            _free -= first.Share;
            _waiting.RemoveFirst();
            first.Served.SetResult();
        }
    }

    private sealed class Waiter(long least, long? most)
    {
        public long Least => least;

        public long? Most => most;

        public long Share { get; set; }

        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
