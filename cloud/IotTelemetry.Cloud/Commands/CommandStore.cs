using System.Threading.Channels;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;

namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// Writes the rows of commands. Whoever appends waits until the rows are stored; rows that come while an insert runs go together with the next one, so that the number of
/// inserts does not grow with the number of commands. A failing store is asked until it takes the rows. Thread-safe.
/// </summary>
internal sealed class CommandStore(IClickHouseEngine engine, StoreTables tables, StoreRetry retry)
{
    // A part for every insert: with more rows than this at once they would not be one part, and not one all-or-nothing.
    private const int RowsPerInsert = 20_000;
    private readonly Channel<PendingRows> _pending = Channel.CreateUnbounded<PendingRows>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Completes when the rows are stored. Bounded by the commands there are: each has at most one call on its way.</summary>
    public Task AppendAsync(CommandRequest request, IReadOnlyList<CommandTransition> transitions) => AppendAsync([(request, transitions)]);

    /// <summary>The rows of several commands; they are stored together when they are no more than one insert takes.</summary>
    public Task AppendAsync(IReadOnlyList<(CommandRequest Request, IReadOnlyList<CommandTransition> Transitions)> commands)
    {
        PendingRows rows = new(commands);
        return _pending.Writer.TryWrite(rows) ? rows.Stored : Task.FromException(new OperationCanceledException("the service stops: commands are recorded no more"));
    }

    /// <summary>Stores what is appended, until <see cref="Close"/> and all is stored, or until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        CommandsBlock block = new();
        List<PendingRows> taken = [];
        try
        {
            while (await _pending.Reader.WaitToReadAsync(cancellationToken))
            {
                while (block.Native.Rows < RowsPerInsert && _pending.Reader.TryRead(out PendingRows? rows))
                {
                    rows.AddTo(block);
                    taken.Add(rows);
                }

                string token = Guid.CreateVersion7().ToString();
                await retry.RunAsync(
                    static (state, stop) => new ValueTask(state.engine.InsertAsync(state.Commands, state.Native, state.token, stop)),
                    (engine, tables.Commands, block.Native, token),
                    cancellationToken);
                block.Native.Clear();
                taken.ForEach(rows => rows.Complete());
                taken.Clear();
            }
        }
        finally
        {
            _pending.Writer.TryComplete();
            taken.ForEach(rows => rows.Cancel());
            while (_pending.Reader.TryRead(out PendingRows? rows))
            {
                rows.Cancel();
            }
        }
    }

    /// <summary>Nothing more is appended.</summary>
    public void Close() => _pending.Writer.TryComplete();

    private sealed class PendingRows(IReadOnlyList<(CommandRequest Request, IReadOnlyList<CommandTransition> Transitions)> commands)
    {
        private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stored => _stored.Task;

        public void AddTo(CommandsBlock block)
        {
            foreach ((CommandRequest request, IReadOnlyList<CommandTransition> transitions) in commands)
            {
                foreach (CommandTransition transition in transitions)
                {
                    block.Append(request, transition);
                }
            }
        }

        public void Complete() => _stored.TrySetResult();

        public void Cancel() => _stored.TrySetCanceled();
    }
}
