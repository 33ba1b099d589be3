using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded.Interop;
using IotTelemetry.ClickHouse.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// ClickHouse inside this process (libchdb). One instance per process at a time, one process per data directory. Its connections are closed by
/// <see cref="DisposeAsync"/> and otherwise when the process exits by any way but a kill: a process that ends with connections open crashes.
/// </summary>
public sealed class EmbeddedEngine : IClickHouseEngine
{
    /// <summary>ClickHouse's setting <c>priority</c> of inserts: queries with a greater one pause while an insert runs; those without one do not.</summary>
    public const string InsertPriority = "1";

    private const string TagPrefix = "iot-";
    private readonly EmbeddedEngineOptions _options;
    private readonly ILogger<EmbeddedEngine> _logger;
    private readonly EngineWorker _control;
    private readonly WorkerPool _inserts;
    private readonly WorkerPool _queries;
    private readonly WorkerPool _statements;
    private readonly WorkerPool _sessions;
    private readonly WorkerPool _writerSessions;
    private Task<bool>? _closed;

    private EmbeddedEngine(EmbeddedEngineOptions options, ILogger<EmbeddedEngine> logger, EngineWorker control)
    {
        _options = options;
        _logger = logger;
        _control = control;
        _inserts = new WorkerPool($"{TagPrefix}insert", options.InsertConnections, options with { Settings = new Dictionary<string, string>(options.Settings) { ["priority"] = InsertPriority } });
        _queries = new WorkerPool($"{TagPrefix}query", options.QueryConnections, options);
        _statements = new WorkerPool($"{TagPrefix}statement", options.StatementConnections, options);
        _sessions = new WorkerPool($"{TagPrefix}session", options.SessionConnections, options);
        _writerSessions = new WorkerPool($"{TagPrefix}writer", options.WriterSessionConnections, options);
    }

    /// <summary>Upper bound of the engine's memory, <see cref="EmbeddedEngineOptions.MemoryBytes"/>.</summary>
    public long MemoryBytes => _options.MemoryBytes;

    /// <summary>Loads the library and opens the data directory.</summary>
    /// <exception cref="ClickHouseException">The library is missing, the directory is in use, or the engine did not start; the message says what to do.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">An engine is open in this process already.</exception>
    public static async Task<EmbeddedEngine> OpenAsync(EmbeddedEngineOptions options, ILogger<EmbeddedEngine>? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        string path = Path.GetFullPath(options.DataDirectory);
        ChdbLibrary.Load(options.LibraryPath);
        OpenEngine.Claim(path);
        try
        {
            CreateDirectory(path);

            // This connection stays open for as long as the engine: when the last one closes, the engine stops. It serves to kill statements of the others.
            EngineWorker control = await EngineWorker.StartAsync($"{TagPrefix}control", options).ConfigureAwait(false);
            EmbeddedEngine engine = new(options, logger ?? NullLogger<EmbeddedEngine>.Instance, control);
            OpenEngine.Set(engine);
            EngineLog.Opened(engine._logger, path, options.MemoryBytes);
            return engine;
        }
        catch
        {
            OpenEngine.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default)
    {
        EmbeddedSession.RequireOneStatement(sql);
        await using EngineLease lease = await LeaseAsync(_statements, cancellationToken).ConfigureAwait(false);
        await lease.RunAsync(connection => connection.RunOne(sql, "Null", parameters).Dispose(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task InsertAsync(string table, NativeBlock block, string? deduplicationToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentNullException.ThrowIfNull(block);
        return block.Rows == 0
            ? Task.CompletedTask
            : InsertAsync(Statement.Insert(table, block, deduplicationToken), "Native", block.WriteTo, cancellationToken);
    }

    /// <inheritdoc/>
    public Task InsertAsync(string into, string format, ReadOnlyMemory<byte> rows, string? deduplicationToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(into);
        ArgumentException.ThrowIfNullOrEmpty(format);
        return rows.IsEmpty
            ? Task.CompletedTask
            : InsertAsync(Statement.Insert(into, deduplicationToken), format, insert => insert.Send(rows.Span), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<NativeBlock> QueryAsync(string sql, ClickHouseParameters? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EmbeddedSession.RequireOneStatement(sql);
        await using EmbeddedQuery query = new(await LeaseAsync(_queries, cancellationToken).ConfigureAwait(false), sql, parameters);
        NativeBlock block = new();
        while (await query.FetchAsync(cancellationToken).ConfigureAwait(false) is { } part)
        {
            using (part)
            {
                for (long position = 0; position < part.Length;)
                {
                    position += Read(part, position, block);
                    yield return block;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task QueryAsync(
        string sql,
        string format,
        PipeWriter output,
        ClickHouseParameters? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        EmbeddedSession.RequireOneStatement(sql);
        StatementOptions options = new() { Parameters = parameters, Settings = settings ?? StatementOptions.None.Settings };
        await using EmbeddedSession session = new(await LeaseAsync(_queries, cancellationToken).ConfigureAwait(false));
        await session.QueryAsync(sql, format, output, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A connection for callers from outside; they have their own (<see cref="EmbeddedEngineOptions.SessionConnections"/>), so that what they do holds up nothing of
    /// the program's own. Waits while all are taken.
    /// </summary>
    /// <param name="isWriter">The caller inserts: it takes one of <see cref="EmbeddedEngineOptions.WriterSessionConnections"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<EmbeddedSession> OpenSessionAsync(bool isWriter = false, CancellationToken cancellationToken = default) =>
        new(await LeaseAsync(isWriter ? _writerSessions : _sessions, cancellationToken).ConfigureAwait(false));

    /// <summary>Cancels what runs, closes all connections and so stops the engine. Waits at most <see cref="EmbeddedEngineOptions.CloseTimeout"/>.</summary>
    public async ValueTask DisposeAsync() => await Task.Factory.StartNew(
        Close, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);

    /// <summary>Closes the engine, or waits until another thread has; false when a statement did not end in time and its connection is still open.</summary>
    internal bool Close()
    {
        TaskCompletionSource<bool> mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closed, mine.Task, null) is { } theirs)
        {
            return theirs.GetAwaiter().GetResult();
        }

        bool closed = CloseConnections();
        if (closed)
        {
            OpenEngine.Release();
            EngineLog.Closed(_logger, _options.DataDirectory);
        }
        else
        {
            EngineLog.NotClosed(_logger, _options.DataDirectory, _options.CloseTimeout);
        }

        mine.SetResult(closed);
        return closed;
    }

    private static void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClickHouseException($"The ClickHouse data directory {path} cannot be created: {e.Message}", isTransient: false, e);
        }
    }

    // The engine's parts hold whole blocks.
    private static int Read(ChdbResult part, long position, NativeBlock block) =>
        block.TryRead(part.Slice(position, (int)Math.Min(part.Length - position, int.MaxValue)), out int consumed)
            ? consumed
            : throw new NativeFormatException("The engine's result ends inside a block.");

    private bool CloseConnections()
    {
        long start = Environment.TickCount64;
        List<EngineWorker> workers = [.. _inserts.BeginClose(), .. _queries.BeginClose(), .. _statements.BeginClose(), .. _sessions.BeginClose(), .. _writerSessions.BeginClose()];
        string kill = $"KILL QUERY WHERE startsWith(Settings['log_comment'], '{TagPrefix}') AND Settings['log_comment'] != '{_control.Tag}' ASYNC";
        while (workers.Count > 0 && Environment.TickCount64 - start < _options.CloseTimeout.TotalMilliseconds)
        {
            workers.RemoveAll(worker => worker.WaitClosed(TimeSpan.FromMilliseconds(20)));
            if (workers.Count > 0)
            {
                _control.RunAsync(connection => connection.Run(kill, "Null", null).Dispose()).GetAwaiter().GetResult();
            }
        }

        if (workers.Count > 0)
        {
            return false;
        }

        _control.BeginClose();
        return _control.WaitClosed(_options.CloseTimeout);
    }

    private async Task InsertAsync(string sql, string format, Action<ChdbInsert> write, CancellationToken cancellationToken)
    {
        await using EngineLease lease = await LeaseAsync(_inserts, cancellationToken).ConfigureAwait(false);
        await lease.RunAsync(
            connection =>
            {
                using ChdbInsert insert = connection.BeginInsert(sql, format, null);
                write(insert);
                insert.Complete();
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<EngineLease> LeaseAsync(WorkerPool pool, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed is not null, this);
        return new EngineLease(pool, await pool.RentAsync(cancellationToken).ConfigureAwait(false), _control, _logger);
    }
}
