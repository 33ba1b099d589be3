using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ledger;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Status;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// The way of a frame from its bytes to its confirmation, wired together. Start it, hand it deliveries, drain it. It knows neither MQTT connections nor HTTP:
/// cursors leave through <see cref="ICursorSink"/>, rows through <see cref="IClickHouseEngine"/>.
/// </summary>
internal sealed class IngestPipeline : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Batcher _batcher;
    private readonly BatchWriter _writer;
    private readonly CursorPublisher _cursors;
    private readonly LedgerRecovery _recovery;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _writing = Task.CompletedTask;
    private Task _publishing = Task.CompletedTask;

    public IngestPipeline(
        IClickHouseEngine engine,
        DatabaseName database,
        ICursorSink sink,
        IngestOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        LiveState? live = null,
        Func<double>? randomizer = null,
        IWriteGuard? guard = null)
    {
        StoreTables tables = new(database);
        StoredRecords records = new(engine, tables);
        _time = time;
        Retry = new StoreRetry(time, logs.CreateLogger<StoreRetry>(), randomizer);
        _batcher = new Batcher(options, time);
        _cursors = new CursorPublisher(sink, options, time);
        _writer = new BatchWriter(engine, tables, _batcher, Retry, _cursors, Counters, Latency, time, guard);
        RollupRecovery rollups = new(engine, tables, Registry, logs.CreateLogger<RollupRecovery>());
        _recovery = new LedgerRecovery(engine, tables, Registry, rollups, logs.CreateLogger<LedgerRecovery>());
        BirthBook book = new(records, _cursors, options, time, logs.CreateLogger<BirthBook>());
        Frames = new FrameIntake(
            Registry, new FrameJudge(records), book, new FrameReaderPool(options), _batcher, _cursors, new HeldRoom(options), live, options, Counters, time, logs.CreateLogger<FrameIntake>());
        Births = new BirthIntake(Registry, Frames, _batcher, _cursors, live, options, Counters, logs.CreateLogger<BirthIntake>());
        Statuses = new StatusIntake(Registry, live, Counters, logs.CreateLogger<StatusIntake>());
    }

    public GatewayRegistry Registry { get; } = new();

    public IngestCounters Counters { get; } = new();

    public StorageLatency Latency { get; } = new();

    public StoreRetry Retry { get; }

    public FrameIntake Frames { get; }

    public BirthIntake Births { get; }

    public StatusIntake Statuses { get; }

    /// <summary>Age of the oldest frame that is taken and not stored; zero when there is none.</summary>
    public TimeSpan Lag => _batcher.OldestReceivedAtMs is > 0 and long oldest
        ? TimeSpan.FromMilliseconds(Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds() - oldest))
        : TimeSpan.Zero;

    /// <summary>The last batch that is stored completely.</summary>
    public ulong StoredThrough => _writer.StoredThrough;

    /// <summary>Completes when storing or publishing stops: in order after <see cref="DrainAsync"/>, otherwise with the error that stopped it.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Takes what the gateways send; what comes before the start has to be kept back.</summary>
    public void Receive(IGatewayLink link)
    {
        link.Receive(TopicKind.Telemetry, Frames.TakeAsync);
        link.Receive(TopicKind.Birth, Births.TakeAsync);
        link.Receive(TopicKind.Status, (delivery, _) =>
        {
            Statuses.Take(delivery);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Begins as the only writer of a store in this process: reads the ledger of all partitions, then begins to store.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await TakeOverAsync(PartitionSet.All, [BatchNumber.Embedded], cancellationToken);
        Start(BatchNumber.Embedded);
    }

    /// <summary>Begins to store, as one of several writers; nothing may be taken before its partition is taken over.</summary>
    public void Start(uint writer)
    {
        _batcher.Writer = writer;
        _writing = Task.Run(() => _writer.RunAsync(_stop.Token), CancellationToken.None);
        _publishing = Task.Run(() => _cursors.RunAsync(_stop.Token), CancellationToken.None);
        _ = EndAsync();
    }

    /// <summary>Reads what is stored of the gateways in these partitions. The caller takes nothing from them before, and knows that nobody else writes for them any more.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="predecessors">Writers that wrote for them since somebody took them over completely, and were not drained.</param>
    /// <param name="cancellationToken">Gives up; the partitions are then to be forgotten.</param>
    public async Task TakeOverAsync(PartitionSet partitions, IReadOnlyCollection<uint> predecessors, CancellationToken cancellationToken)
    {
        ulong last = await _recovery.RunAsync(partitions, predecessors, cancellationToken);
        _batcher.ContinueAfter(last);
        _writer.ContinueAfter(last);
    }

    /// <summary>Completes when all that was taken before is stored.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _batcher.AddAsync(new FlushEntry(new Confirmation(_ => stored.TrySetResult())), cancellationToken);
        await Task.WhenAny(stored.Task, Completion).WaitAsync(cancellationToken);
        await (stored.Task.IsCompleted ? stored.Task : Completion);
    }

    /// <summary>Forgets the gateways in these partitions, which somebody else takes over. The caller has stopped taking from them; what was taken is stored.</summary>
    public void Forget(PartitionSet partitions)
    {
        foreach (GatewaySession gateway in Registry.Remove(partitions))
        {
            Frames.ForgetHeld(gateway);
            Statuses.Forget(gateway);
        }
    }

    /// <summary>Stores and confirms what was taken. The caller hands over nothing more.</summary>
    /// <returns>False when <paramref name="timeout"/> was over first, or writing had failed: what is left is unconfirmed and stays with its gateways.</returns>
    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        _batcher.Close();
        await Task.WhenAny(_writing, Task.Delay(timeout, _time));
        if (!_writing.IsCompletedSuccessfully)
        {
            return false; // What went wrong with the writing is told by Completion.
        }

        await _cursors.SendDueAsync(everything: true, _stop.Token);
        return true;
    }

    /// <summary>Stops at once; what is not stored is not confirmed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_writing, _publishing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task EndAsync()
    {
        Task first = await Task.WhenAny(_writing, _publishing);
        if (first.Exception is { } failure)
        {
            _ended.TrySetException(failure.InnerExceptions);
        }
        else
        {
            _ended.TrySetResult();
        }
    }
}
