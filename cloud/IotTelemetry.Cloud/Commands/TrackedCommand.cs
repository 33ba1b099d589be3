using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// A command in memory: what was asked, and the rows of its life that are in the store. Read from any thread; changed only by whoever has <see cref="Turn"/>.
/// </summary>
internal sealed class TrackedCommand(CommandRequest request, IReadOnlyList<CommandTransition> history)
{
    private readonly Lock _gate = new();
    private volatile IReadOnlyList<CommandTransition> _history = history;
    private TaskCompletionSource _changed = NewSignal();

    public CommandRequest Request { get; } = request;

    /// <summary>Triggers of one command take turns: each is recorded before the next is looked at.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Answers of the gateway that wait for <see cref="Turn"/>, in the order in which they came.</summary>
    public ConcurrentQueue<PendingAnswer> Answers { get; } = new();

    /// <summary>All transitions, in order; empty only until the first is stored.</summary>
    public IReadOnlyList<CommandTransition> History => _history;

    public CommandStage Stage => _history is [.., { } last] ? last.Stage : CommandStage.Requested;

    /// <summary>How often it has come to wait for its gateway, and with it the number of its next or present sending.</summary>
    public int Sending => _history.Count(transition => transition.Stage == CommandStage.Waiting);

    /// <summary>The gateway was asked what became of it, and nothing was sent since that could move the output. Set by whoever has the turn.</summary>
    public bool IsAsked { get; set; }

    /// <summary>From when on it must not be carried out, by this machine's clock.</summary>
    public DateTimeOffset ExpiresAt => _history is [.., { } last] ? last.ExpiresAt : Request.Bulk?.StartBy ?? Request.RequestedAt + Request.Life;

    /// <summary>When the command is looked at again, and as what; null when nothing is due. Set by whoever has the turn.</summary>
    public CommandDeadline? Deadline { get; set; }

    /// <summary>When it expires, a timestamp of the monotonic clock: a step of the wall clock must not lengthen a command's life. Set by whoever has the turn.</summary>
    public long ExpiryTimestamp { get; set; }

    /// <summary>Completes at the next transition.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Adds transitions that are stored.</summary>
    public void Add(IReadOnlyList<CommandTransition> stored)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _history = [.. _history, .. stored];
            changed = _changed;
            _changed = NewSignal();
        }

        changed.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
