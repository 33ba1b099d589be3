using System.IO.Pipelines;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>The real engine, with inserts that fail at chosen points.</summary>
internal sealed class FaultyEngine(IClickHouseEngine engine, Func<int, string, InsertFault> faultOf) : IClickHouseEngine
{
    private readonly TaskCompletionSource _crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _stored = [];
    private int _inserts = -1;

    /// <summary>Completes when an insert met a crash: nothing goes in from then on.</summary>
    public Task Crashed => _crashed.Task;

    /// <summary>Tables and tokens in the order of the attempts.</summary>
    public List<(string Table, string? Token)> Attempts { get; } = [];

    /// <summary>Awaited before every insert.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Whether look-ups fail.</summary>
    public bool QueriesFail { get; set; }

    public async Task InsertAsync(string table, NativeBlock block, string? deduplicationToken = null, CancellationToken cancellationToken = default)
    {
        if (block.Rows == 0)
        {
            return;
        }

        await Gate.WaitAsync(cancellationToken);
        InsertFault fault = Crashed.IsCompleted ? InsertFault.CrashBefore : faultOf(Interlocked.Increment(ref _inserts), table);
        lock (Attempts)
        {
            Attempts.Add((table, deduplicationToken));
        }

        if (fault is InsertFault.None or InsertFault.FailAfter or InsertFault.CrashAfter)
        {
            await engine.InsertAsync(table, block, deduplicationToken, CancellationToken.None);
            lock (_stored)
            {
                _stored.Add($"{table} {deduplicationToken}");
            }
        }

        if (fault == InsertFault.CrashPartly && table.Contains(".rollup_", StringComparison.Ordinal) && !IsStored(table, deduplicationToken))
        {
            await InsertFirstYearAsync(table, block);
        }

        if (fault is InsertFault.FailBefore or InsertFault.FailAfter)
        {
            throw new ClickHouseException(ClickHouseErrors.NetworkError, "a fault of the test");
        }

        if (fault is InsertFault.CrashBefore or InsertFault.CrashAfter or InsertFault.CrashPartly)
        {
            _crashed.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    // An insert that is repeated under its token leaves no part, however it ends.
    private bool IsStored(string table, string? token)
    {
        lock (_stored)
        {
            return token is not null && _stored.Contains($"{table} {token}");
        }
    }

    // One of the parts that the insert would have made.
    private async Task InsertFirstYearAsync(string table, NativeBlock block)
    {
        string slot = table.EndsWith("minute", StringComparison.Ordinal) ? "minute" : "hour";
        string scratch = $"{table}_scratch_{Guid.NewGuid():N}";
        await engine.ExecuteAsync($"CREATE TABLE {scratch} AS {table}");
        await engine.InsertAsync(scratch, block);
        await engine.ExecuteAsync($"INSERT INTO {table} SELECT * FROM {scratch} WHERE toYear({slot}) = (SELECT toYear(min({slot})) FROM {scratch})");
        await engine.ExecuteAsync($"DROP TABLE {scratch} SYNC");
    }

    public Task InsertAsync(string into, string format, ReadOnlyMemory<byte> rows, string? deduplicationToken = null, CancellationToken cancellationToken = default) =>
        engine.InsertAsync(into, format, rows, deduplicationToken, cancellationToken);

    public Task ExecuteAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default) =>
        engine.ExecuteAsync(sql, parameters, cancellationToken);

    public IAsyncEnumerable<NativeBlock> QueryAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default) =>
        QueriesFail ? throw new ClickHouseException(ClickHouseErrors.NetworkError, "a fault of the test") : engine.QueryAsync(sql, parameters, cancellationToken);

    public Task QueryAsync(
        string sql, string format, PipeWriter output, ClickHouseParameters? parameters, IReadOnlyDictionary<string, string>? settings, CancellationToken cancellationToken) =>
        engine.QueryAsync(sql, format, output, parameters, settings, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
