using Microsoft.Extensions.Logging;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>A worker rented for one operation: cancels its statement when asked, and hands it back as it was.</summary>
internal sealed class EngineLease(WorkerPool pool, EngineWorker worker, EngineWorker control, ILogger logger) : IAsyncDisposable
{
    // A statement that is not yet in the process list, or looks for cancellation seldom, is asked again.
    private static readonly TimeSpan KillInterval = TimeSpan.FromMilliseconds(50);
    private string? _reset;
    private bool _broken;

    /// <summary>Sets settings for the time of the lease.</summary>
    public async Task ApplyAsync(IReadOnlyDictionary<string, string>? settings)
    {
        if (settings is null or { Count: 0 })
        {
            return;
        }

        string set = $"SET {string.Join(", ", settings.Select(s => $"{Name(s.Key)} = {Statement.Literal(s.Value)}"))}";
        _reset = $"SET {string.Join(", ", settings.Keys.Select(name => $"{name} = DEFAULT"))}";
        await worker.RunAsync(connection => connection.Run(set, "Null", null).Dispose()).ConfigureAwait(false);
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

    /// <summary>Ends an open query, resets the settings and returns the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        bool reusable = false;
        try
        {
            await worker.RunAsync(connection =>
            {
                bool left = connection.EndQuery();
                if (_reset is not null)
                {
                    connection.Run(_reset, "Null", null).Dispose();
                }

                if (_broken || left)
                {
                    // The connection keeps a statement that failed or was left (its memory, its place in system.processes) until the next one.
                    connection.Run("SELECT 1", "Null", null).Dispose();
                }
            }).ConfigureAwait(false);
            reusable = true;
        }
        catch (Exception e) when (e is ClickHouseException or ObjectDisposedException)
        {
            // A setting that cannot be reset (readonly = 1 forbids it), or the engine is closing: this connection is not used again.
            EngineLog.ConnectionReplaced(logger, worker.Tag, e.Message);
        }
        finally
        {
            pool.Return(worker, reusable);
        }
    }

    private static string Name(string setting) => setting.Length > 0 && setting.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? setting
        : throw new ArgumentException($"'{setting}' is not a setting's name: letters, digits and _ are allowed.");

    private async Task KillAsync(Task running)
    {
        string kill = $"KILL QUERY WHERE Settings['log_comment'] = '{worker.Tag}' ASYNC";
        try
        {
            while (!running.IsCompleted)
            {
                await control.RunAsync(connection => connection.Run(kill, "Null", null).Dispose()).ConfigureAwait(false);
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
