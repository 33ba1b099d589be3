using System.IO.Pipelines;

namespace IotTelemetry.ClickHouse;

/// <summary>
/// A connection for callers from outside: rented for one statement or kept for several. One statement at a time; not thread-safe, except
/// <see cref="ReadProgressAsync"/>. Settings and database count for their statement alone.
/// </summary>
public interface IClickHouseSession : IAsyncDisposable
{
    /// <summary>The connection has what others must not see, such as temporary tables: it is closed with the session.</summary>
    bool HasState { get; set; }

    /// <summary>Runs a query and streams its result, in any output format, to <paramref name="output"/>, which stays open (not completed).</summary>
    /// <param name="sql">One statement; a FORMAT clause in it wins over <paramref name="format"/>.</param>
    /// <param name="format">ClickHouse's name of a format.</param>
    /// <param name="output">Where the bytes go; a slow reader slows the query down, one that has gone ends it.</param>
    /// <param name="options">What goes with the statement.</param>
    /// <param name="cancellationToken">Ends the query in ClickHouse too.</param>
    Task<StatementSummary> QueryAsync(string sql, string format, PipeWriter output, StatementOptions options, CancellationToken cancellationToken = default);

    /// <summary>Runs one statement and throws its result away; never with inline data.</summary>
    Task<StatementSummary> ExecuteAsync(string sql, StatementOptions options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Inserts rows as they arrive, in any input format; returns when they are stored. When <paramref name="rows"/> fail or the wait is given up, the insert is
    /// cancelled; blocks of more than 1,048,449 rows may be stored already: insert again with the same deduplication token.
    /// </summary>
    /// <param name="sql">An INSERT without FORMAT clause and rows; its query, if it has one, reads them by <c>input('structure')</c>.</param>
    /// <param name="format">ClickHouse's name of the format of <paramref name="rows"/>.</param>
    /// <param name="first">The first of the encoded rows; must not change until the task completes.</param>
    /// <param name="rows">The rows after them; read to the end, not completed.</param>
    /// <param name="options">What goes with the statement.</param>
    /// <param name="cancellationToken">Cancels the insert.</param>
    Task<StatementSummary> InsertAsync(
        string sql, string format, ReadOnlyMemory<byte> first, PipeReader rows, StatementOptions options, CancellationToken cancellationToken = default);

    /// <summary>How far the running statement is; null when none runs, or nobody knows. May be called while one does.</summary>
    Task<StatementProgress?> ReadProgressAsync();
}
