using System.IO.Pipelines;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse;

/// <summary>
/// ClickHouse, wherever it runs: in this process (<see cref="Embedded.EmbeddedEngine"/>) or behind HTTP.
/// All members are safe to call from any thread and at the same time. Errors of ClickHouse arrive as <see cref="ClickHouseException"/>.
/// </summary>
public interface IClickHouseEngine : IAsyncDisposable
{
    /// <summary>Runs one statement and throws its result away: DDL, ALTER, OPTIMIZE, INSERT … SELECT. Never with inline data.</summary>
    /// <param name="sql">One statement, without FORMAT clause.</param>
    /// <param name="parameters">Values of the placeholders <c>{name:Type}</c>.</param>
    /// <param name="cancellationToken">Ends the statement in ClickHouse too, where ClickHouse can.</param>
    Task ExecuteAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Inserts the rows of <paramref name="block"/>; when the task completes without an error they are in the table. The block's columns are named in the
    /// INSERT, so order does not matter and columns left out get their default. The block must not change until the task completes.
    /// A block of at most 1,048,449 rows in one partition is stored all or nothing.
    /// </summary>
    /// <param name="table">Table, <c>database.table</c> or <c>table</c>; quoted here as needed.</param>
    /// <param name="block">The rows; a block without rows is a no-op.</param>
    /// <param name="deduplicationToken">
    /// Identity of this insert. A second insert with the same token is ignored, even with other rows in it, while the token is within the table's
    /// <c>non_replicated_deduplication_window</c> (which is 0, no deduplication, unless the table sets it; a materialized view's target needs it too).
    /// </param>
    /// <param name="cancellationToken">Gives up waiting; whether the rows were stored is then unknown: insert again with the same token.</param>
    Task InsertAsync(string table, NativeBlock block, string? deduplicationToken = null, CancellationToken cancellationToken = default);

    /// <summary>Inserts rows that are already encoded in a ClickHouse input format.</summary>
    /// <param name="into">What follows INSERT INTO: a table, and a column list when wanted: <c>iot.readings (site, ts, value)</c>. Trusted text.</param>
    /// <param name="format">Name of the format of <paramref name="rows"/>, such as <c>Native</c> or <c>JSONEachRow</c>.</param>
    /// <param name="rows">The encoded rows; must not change until the task completes.</param>
    /// <param name="deduplicationToken">As for the other overload.</param>
    /// <param name="cancellationToken">As for the other overload.</param>
    Task InsertAsync(string into, string format, ReadOnlyMemory<byte> rows, string? deduplicationToken = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a query and streams its result as blocks. <b>The same block object is refilled for every step</b>: copy what must outlive the step.
    /// Leaving the loop early ends the query. Memory is bounded by one block (ClickHouse's <c>max_block_size</c>, 65,409 rows by default).
    /// </summary>
    IAsyncEnumerable<NativeBlock> QueryAsync(string sql, ClickHouseParameters? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a query and streams its result, encoded in any ClickHouse output format, to <paramref name="output"/>, which stays open (not completed).</summary>
    /// <param name="sql">One statement; a FORMAT clause in it wins over <paramref name="format"/>.</param>
    /// <param name="format">ClickHouse's name of a format: <c>JSONEachRow</c>, <c>PrettyCompact</c>, <c>Native</c>, …</param>
    /// <param name="output">Where the bytes go; a slow reader slows the query down.</param>
    /// <param name="parameters">Values of the placeholders <c>{name:Type}</c>.</param>
    /// <param name="settings">ClickHouse settings for this query only, by name.</param>
    /// <param name="cancellationToken">Ends the query in ClickHouse too.</param>
    Task QueryAsync(
        string sql,
        string format,
        PipeWriter output,
        ClickHouseParameters? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancellationToken = default);
}
