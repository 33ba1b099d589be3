using Microsoft.Extensions.Logging;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>A worker rented for one operation: cancels its statement when asked, and hands it back as it was.</summary>
internal sealed class EngineLease(WorkerPool pool, EngineWorker worker, EngineWorker control, ILogger logger) : IAsyncDisposable
{
    // A statement that is not yet in the process list, or looks for cancellation seldom, is asked again.
    private static readonly TimeSpan KillInterval = TimeSpan.FromMilliseconds(50);
    private readonly List<string> _undo = [];
    private bool _broken;
    private bool _unusable;

    private string KillSql => $"KILL QUERY WHERE Settings['log_comment'] = '{worker.Tag}' ASYNC";

    /// <summary>The connection is closed after the lease, even when it could be used again.</summary>
    public bool HasState { get; set; }

    /// <summary>Sets the database and the settings of a statement; <see cref="EndAsync"/> undoes it.</summary>
    public async Task BeginAsync(StatementOptions options)
    {
        List<string> first = [];
        if (options.Database is { } database)
        {
            first.Add($"USE {Statement.Quote(database)}");
            _undo.Add("USE default");
        }

        if (options.Settings.Count > 0)
        {
            first.Add($"SET {string.Join(", ", options.Settings.Select(s => $"{Name(s.Key)} = {Statement.Literal(s.Value)}"))}");
            _undo.Add($"SET {string.Join(", ", options.Settings.Keys.Select(name => $"{name} = {Before(name)}"))}");
        }

        if (first.Count > 0)
        {
            try
            {
                await worker.RunAsync(connection => first.ForEach(sql => connection.Run(sql, "Null", null).Dispose())).ConfigureAwait(false);
            }
            catch
            {
                await EndAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Runs on the worker. On cancellation the statement is killed, and this returns when it has ended.</summary>
    public async Task<T> RunAsync<T>(Func<ChdbConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<T> running = worker.RunAsync(work);
        try
        {
            return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _broken = true;
            await KillAsync(running).ConfigureAwait(false);
            if (running.IsCompletedSuccessfully && running.Result is IDisposable result)
            {
                result.Dispose();
            }

            throw;
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    /// <inheritdoc cref="RunAsync{T}(Func{ChdbConnection, T}, CancellationToken)"/>
    public Task RunAsync(Action<ChdbConnection> work, CancellationToken cancellationToken) => RunAsync(
        connection =>
        {
            work(connection);
            return true;
        },
        cancellationToken);

    /// <summary>Asks something about the worker's statement on another connection; the answer is Native.</summary>
    public Task<ChdbResult> AskControlAsync(Func<string, string> sqlOfTag) => control.RunAsync(connection => connection.Run(sqlOfTag(worker.Tag), "Native", null));

    /// <summary>Cancels the worker's statement; returns when the engine knows of that, or has ended it.</summary>
    public async Task CancelAsync(Task running)
    {
        _broken = true;
        while (!running.IsCompleted)
        {
            using ChdbResult found = await control.RunAsync(connection => connection.Run(KillSql, "TSV", null)).ConfigureAwait(false);
            if (found.Length > 0)
            {
                return;
            }

            await Task.WhenAny(running, Task.Delay(KillInterval)).ConfigureAwait(false);
        }
    }

    /// <summary>Ends an open query and makes the connection as it was before the statement.</summary>
    public async Task EndAsync()
    {
        try
        {
            await worker.RunAsync(connection =>
            {
                bool left = connection.EndQuery();
                foreach (string sql in _undo)
                {
                    connection.Run(sql, "Null", null).Dispose();
                }

                if (_broken || left)
                {
                    // The connection keeps a statement that failed or was left (its memory, its place in system.processes) until the next one.
                    connection.Run("SELECT 1", "Null", null).Dispose();
                }
            }).ConfigureAwait(false);
            _broken = false;
        }
        catch (Exception e) when (e is ClickHouseException or ObjectDisposedException)
        {
            // A setting that cannot be reset (readonly = 1 forbids it), or the engine is closing: this connection is not used again.
            EngineLog.ConnectionReplaced(logger, worker.Tag, e.Message);
            _unusable = true;
        }
        finally
        {
            _undo.Clear();
        }
    }

    /// <summary>Ends what is open and returns the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            pool.Return(worker, !_unusable && !HasState);
        }
    }

    private static string Name(string setting) => setting.Length > 0 && setting.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? setting
        : throw new ArgumentException($"'{setting}' is not a setting's name: letters, digits and _ are allowed.");

    private string Before(string setting) => worker.Settings.TryGetValue(setting, out string? value) ? Statement.Literal(value) : "DEFAULT";

    private async Task KillAsync(Task running)
    {
        try
        {
            while (!running.IsCompleted)
            {
                await control.RunAsync(connection => connection.Run(KillSql, "Null", null).Dispose()).ConfigureAwait(false);
                await Task.WhenAny(running, Task.Delay(KillInterval)).ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            // The engine is closing, and kills all statements itself.
        }

        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
